import { fail, ok, type Result } from "../../domain/result.ts";
import type { Challenge } from "./challenge.ts";
import type { Credential } from "./credentials.ts";
import { isLoopback, type ImageReference } from "./imageReference.ts";
import { parsedJson, textOf } from "./json.ts";
import { request, type RegistryRequest } from "./request.ts";

export type Refused = { readonly kind: "denied" } | { readonly kind: "not-asked"; readonly detail: string };

/** What may stand in a header. */
const TOKEN = /^[\w.~+/=:-]+$/u;

/**
 * The Authorization header that a registry asks for. Credentials go to the registry that they belong to, and to the
 * token server that it names, never without TLS but on this very machine.
 */
export async function authorization(
  challenge: Challenge | undefined,
  { image, credential }: { readonly image: ImageReference; readonly credential: Credential | undefined },
  signal: AbortSignal,
): Promise<Result<string, Refused>> {
  if (challenge === undefined) return fail({ kind: "denied" });
  if (challenge.kind === "basic") {
    return credential?.kind === "password" ? ok(basic(credential)) : fail({ kind: "denied" });
  }
  const realm = realmOf(challenge.realm, image);
  if (realm === undefined)
    return fail({ kind: "not-asked", detail: "its token server cannot be asked safely" });
  const answer = await request(tokenRequest(realm, challenge.service, image, credential), signal);
  if (!answer.ok) return fail({ kind: "not-asked", detail: `token server: ${answer.error}` });
  const { status, body } = answer.value;
  if (status === 401 || status === 403) return fail({ kind: "denied" });
  if (status !== 200) return fail({ kind: "not-asked", detail: `token server: status ${status}` });
  const said = parsedJson(body);
  const token = textOf(said, "token") ?? textOf(said, "access_token") ?? "";
  return TOKEN.test(token)
    ? ok(`Bearer ${token}`)
    : fail({ kind: "not-asked", detail: "token server: no token in its answer" });
}

/** Undefined where credentials could be read on the way, or where a registry afar would have us ask ourselves. */
function realmOf(text: string, image: ImageReference): URL | undefined {
  const realm = URL.canParse(text) ? new URL(text) : undefined;
  if (realm === undefined || realm.username !== "" || realm.password !== "") return undefined;
  if (isLoopback(image.host))
    return /^https?:$/u.test(realm.protocol) && isLoopback(realm.host) ? realm : undefined;
  return realm.protocol === "https:" && !isLoopback(realm.host) ? realm : undefined;
}

function tokenRequest(
  realm: URL,
  service: string | undefined,
  { repository }: ImageReference,
  credential: Credential | undefined,
): RegistryRequest {
  // Never the scope that the registry asks for: one only wants to look.
  const asked = { ...(service === undefined ? {} : { service }), scope: `repository:${repository}:pull` };
  if (credential?.kind === "identity") {
    const grant = { grant_type: "refresh_token", client_id: "devdeploy", refresh_token: credential.token };
    return {
      method: "POST",
      url: realm,
      headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
      body: new URLSearchParams({ ...grant, ...asked }).toString(),
    };
  }
  const url = new URL(realm);
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  return {
    method: "GET",
    url,
    headers: {
      Accept: "application/json",
      ...(credential?.kind === "password" ? { Authorization: basic(credential) } : {}),
    },
  };
}

const basic = ({ username, password }: Credential & { readonly kind: "password" }): string =>
  `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
