import { randomBytes } from "node:crypto";
import type { JsonObject } from "./json.ts";

/** What somebody may do: everything, everything inside namespaces, or nothing but ask who they are. */
export type Role = "admin" | "developer" | "stranger";

/** Somebody who can sign in. */
export interface Person {
  readonly name: string;
  readonly role: Role;
  readonly token: string;
}

/** What is asked for, as far as permissions go. */
export interface Attributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** Makes a person with a random token. */
export const makePerson = (name: string, role: Role): Person => ({
  name,
  role,
  token: randomBytes(24).toString("base64url"),
});

const BEARER = /^Bearer (?<token>\S+)$/u;

/** Who sent the request: undefined without a header, "unknown" for a token that nobody has. */
export function authenticate(
  people: readonly Person[],
  header: string | undefined,
): Person | "unknown" | undefined {
  if (header === undefined) return undefined;
  const token = BEARER.exec(header)?.groups?.["token"];
  return people.find((person) => person.token === token) ?? "unknown";
}

/** Developers may do everything in namespaces, as the roles of the real control plane in the tests say. */
export function isAllowed(person: Person, asked: Attributes): boolean {
  if (person.role === "admin") return true;
  if (asked.group === "authentication.k8s.io" || asked.group === "authorization.k8s.io") return true;
  return person.role === "developer" && asked.namespace !== "";
}

const GROUPS: Readonly<Record<Role, string>> = {
  admin: "system:masters",
  developer: "developers",
  stranger: "strangers",
};

/** The person as reviews of authentication name them. */
export const userInfoOf = (person: Person): JsonObject => ({
  username: person.name,
  uid: `uid-of-${person.name}`,
  groups: [GROUPS[person.role], "system:authenticated"],
});
