/** Somebody of the demo team, as git knows them. */
export interface Teammate {
  readonly name: string;
  readonly mail: string;
  /** The user name on the sandbox. */
  readonly user: string;
}

export const ANN: Teammate = { name: "Ann Lee", mail: "ann@example.com", user: "ann" };
export const BEN: Teammate = { name: "Ben Ortiz", mail: "ben@example.com", user: "ben" };
export const MIA: Teammate = { name: "Mia Chen", mail: "mia@example.com", user: "mia" };
export const TOM: Teammate = { name: "Tomás Silva", mail: "tomas@example.com", user: "tomas" };
