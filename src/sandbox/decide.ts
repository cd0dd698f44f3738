import type { Call } from "./call.ts";
import { permissionNamespace } from "./call.ts";
import type { Attributes, Person } from "./people.ts";
import { authenticate, isAllowed } from "./people.ts";
import { forbidden, Refusal, unauthorized } from "./refusal.ts";

/** What an interceptor wants to happen to a request in place of its ordinary answer. */
export type Fault =
  /** Answer with this, without serving. */
  | { readonly kind: "refuse"; readonly refusal: Refusal; readonly retryAfterSeconds?: number }
  /** Close the connection, without serving. */
  | { readonly kind: "lose-request" }
  /** Serve, then close the connection without a word: the change is made, and nobody is told. */
  | { readonly kind: "lose-reply" }
  /** Serve after a while. */
  | { readonly kind: "delay"; readonly delayMs: number }
  /** Open the watch and say nothing on it, not even bookmarks. */
  | { readonly kind: "silence" };

/** Sees every authenticated request before it is served, and may put a fault in its way. */
export type Interceptor = (call: Call, person: Person) => Fault | undefined;

/** The outcome of the one place that decides about requests. */
export type Decision =
  | {
      readonly kind: "serve";
      readonly person: Person;
      readonly fault: Exclude<Fault, { kind: "refuse" | "lose-request" }> | undefined;
    }
  | { readonly kind: "refuse"; readonly refusal: Refusal; readonly retryAfterSeconds: number | undefined }
  | { readonly kind: "drop" };

/** What decisions rest on. */
export interface Rules {
  readonly people: readonly Person[];
  readonly interceptors: readonly Interceptor[];
}

/** Paths that the real server shows to anybody, signed in or not. */
const OPEN = ["/healthz", "/livez", "/readyz", "/version"];
const SIGNED_IN = [/^\/apis?(?:\/|$)/u, /^\/openapi(?:\/|$)/u];

const NOBODY: Person = { name: "system:anonymous", role: "stranger", token: "" };

/** Authenticates, asks the interceptors, authorizes: in this order, for every request. */
export function decide(rules: Rules, call: Call): Decision {
  const found = authenticate(rules.people, call.headers.authorization);
  if (found === "unknown") return { kind: "refuse", refusal: unauthorized(), retryAfterSeconds: undefined };
  const person = found ?? NOBODY;

  const fault = firstFault(rules.interceptors, call, person);
  if (fault?.kind === "lose-request") return { kind: "drop" };
  if (fault?.kind === "refuse") {
    return { kind: "refuse", refusal: fault.refusal, retryAfterSeconds: fault.retryAfterSeconds };
  }

  const refusal = authorize(person, call);
  if (refusal !== undefined) return { kind: "refuse", refusal, retryAfterSeconds: undefined };
  return { kind: "serve", person, fault };
}

function firstFault(interceptors: readonly Interceptor[], call: Call, person: Person): Fault | undefined {
  for (const interceptor of interceptors) {
    const fault = interceptor(call, person);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function authorize(person: Person, call: Call): Refusal | undefined {
  if (call.target.kind === "objects") {
    const { kind, name, subresource } = call.target.to;
    const namespace = permissionNamespace(call.target.to);
    const asked: Attributes = {
      verb: call.verb,
      group: kind.group,
      resource: kind.plural,
      subresource,
      namespace,
      name,
    };
    if (isAllowed(person, asked)) return undefined;
    const what = subresource === "" ? kind.plural : `${kind.plural}/${subresource}`;
    const where = namespace === "" ? "at the cluster scope" : `in the namespace "${namespace}"`;
    return forbidden(
      kind,
      name,
      `User "${person.name}" cannot ${call.verb} resource "${what}" in API group "${kind.group}" ${where}`,
    );
  }
  const isOpen =
    OPEN.includes(call.path) || (person !== NOBODY && SIGNED_IN.some((path) => path.test(call.path)));
  if (isOpen || person.role === "admin") return undefined;
  const why = `forbidden: User "${person.name}" cannot ${call.verb} path "${call.path}"`;
  return new Refusal(403, "Forbidden", why, {});
}
