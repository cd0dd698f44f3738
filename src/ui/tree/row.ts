/** A fact of a row's details: `branch`, `task/login`. Text from outside is data and never interpreted. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

export interface RowIcon {
  /** Of VS Code's icons. */
  readonly id: string;
  /** A theme colour; the icon's form and the words say the same without it. */
  readonly color?: string;
}

/** A row of the sidebar as plain data. */
export interface Row {
  readonly label: string;
  readonly description: string;
  /** Instead of the description, for who listens: short forms are hard to hear. */
  readonly aloud?: string;
  readonly icon?: RowIcon;
  /** Words that when-clauses of package.json look for, e.g. `machine held mine url`. */
  readonly tokens: readonly string[];
  readonly facts: readonly Fact[];
  /** Its label is greyed. */
  readonly isDeprecated?: true;
}

/** What a screen reader says: the row in words, since icons and colours are not read. */
export function spoken({ label, description, aloud = description.replaceAll(" · ", ", ") }: Row): string {
  return aloud === "" ? label : `${label}, ${aloud}`;
}

/** Facts without those that are not known. */
export const facts = (...all: readonly (Fact | undefined)[]): readonly Fact[] =>
  all.filter((fact) => fact !== undefined);
