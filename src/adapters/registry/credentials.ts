import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "../../domain/result.ts";
import { askHelper, type HelperAnswer, type HelperSurroundings } from "./credentialHelper.ts";
import { isObject, memberOf, parsedJson, textOf } from "./json.ts";

/** What one shows a registry. Lives for one look at images, and is never logged. */
export type Credential =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  /** To be exchanged for a token at the registry's token server (OAuth 2). */
  | { readonly kind: "identity"; readonly token: string }
  /** Shown to the registry as it is. */
  | { readonly kind: "token"; readonly token: string };

export interface DockerSurroundings extends HelperSurroundings {
  /** The person's own folder. */
  readonly home: string;
}

const MOST_BYTES = 1024 * 1024;
/** The name under which Docker keeps what belongs to its own registry. */
const HUB_KEY = "https://index.docker.io/v1/";

/** Docker's configuration of the person, from DOCKER_CONFIG or their home; empty where there is none. */
export async function dockerConfig({ env, home }: DockerSurroundings): Promise<unknown> {
  const named = env["DOCKER_CONFIG"];
  const file = join(named === undefined || named === "" ? join(home, ".docker") : named, "config.json");
  try {
    const { size } = await stat(file);
    return size > MOST_BYTES ? undefined : parsedJson(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * What Docker itself would show this registry: its own helper's answer, else the store's, else what stands in the
 * file. Undefined where there is nothing; failed with a fact where a helper did not answer.
 */
export async function credentialFor(
  registry: string,
  config: unknown,
  surroundings: HelperSurroundings,
  signal: AbortSignal,
): Promise<Result<Credential | undefined, string>> {
  const key = registry === "docker.io" ? HUB_KEY : registry;
  const helper = textOf(memberOf(config, "credHelpers"), key) ?? textOf(config, "credsStore");
  if (helper !== undefined) {
    const answer = await askHelper(helper, key, surroundings, signal);
    if (!answer.ok) return fail(answer.error);
    if (answer.value !== undefined) return ok(ofHelper(answer.value));
  }
  return ok(inFile(memberOf(config, "auths"), key));
}

const ofHelper = ({ username, secret }: HelperAnswer): Credential =>
  username === "<token>"
    ? { kind: "identity", token: secret }
    : { kind: "password", username, password: secret };

/** Keys of older clients hold a scheme and a path. */
function inFile(auths: unknown, key: string): Credential | undefined {
  if (!isObject(auths)) return undefined;
  const found =
    memberOf(auths, key) ?? Object.entries(auths).find(([name]) => hostOf(name) === hostOf(key))?.[1];
  const identity = textOf(found, "identitytoken");
  if (identity !== undefined) return { kind: "identity", token: identity };
  const token = textOf(found, "registrytoken");
  if (token !== undefined) return { kind: "token", token };
  const both = Buffer.from(textOf(found, "auth") ?? "", "base64").toString("utf8");
  const colon = both.indexOf(":");
  const username = textOf(found, "username") ?? both.slice(0, Math.max(0, colon));
  // Old clients padded with zero bytes.
  const password =
    textOf(found, "password") ?? (colon === -1 ? "" : both.slice(colon + 1)).replace(/\0+$/u, "");
  return username === "" || password === "" ? undefined : { kind: "password", username, password };
}

const hostOf = (key: string): string => key.replace(/^https?:\/\//u, "").split("/", 1)[0] ?? "";
