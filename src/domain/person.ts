/**
 * Who acts. The API server's user name and the lower-cased git mail together: teams share kubeconfigs,
 * so neither alone tells two people apart. No host and no window: two windows of one person are one holder.
 */
export interface Person {
  /** The user name that the API server answered to a SelfSubjectReview. */
  readonly user: string;
  /** git's user.email, lower case. */
  readonly mail: string;
  /** git's user.name, for showing. Not part of the identity. */
  readonly name: string;
}

/** The identity as it stands in a Lease's holderIdentity, e.g. `kubernetes-admin <ann@example.com>`. */
export type HolderIdentity = string;

/** Somebody without a mail is none of ours: their identity stays as another tool wrote it. */
export const holderIdentity = ({ user, mail }: Pick<Person, "user" | "mail">): HolderIdentity =>
  mail === "" ? user : `${user} <${mail.toLowerCase()}>`;

/**
 * Reads a holderIdentity back. A text of another form (written by hand or by another tool) is kept whole as
 * the user name, with an empty mail, so that it still names somebody and never equals one of us.
 */
export function parseHolderIdentity(identity: HolderIdentity, name?: string): Person {
  const match = /^(?<user>.*) <(?<mail>[^<>]+)>$/su.exec(identity);
  const user = match?.groups?.["user"] ?? identity;
  const mail = match?.groups?.["mail"] ?? "";
  return { user, mail, name: name === undefined || name === "" ? mail || user : name };
}

export const isSamePerson = (a: Person, b: Person): boolean => holderIdentity(a) === holderIdentity(b);
