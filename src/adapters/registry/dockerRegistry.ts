import type { ImageRegistry } from "../../app/rollbackPorts.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import type { ImageAnswer } from "../../domain/rollback.ts";
import { SECOND_MS, type DurationMs } from "../../domain/time.ts";
import { authorization, type Refused } from "./authorization.ts";
import { parseChallenge } from "./challenge.ts";
import { credentialFor, dockerConfig, type Credential, type DockerSurroundings } from "./credentials.ts";
import { isLoopback, parseImage, type ImageReference } from "./imageReference.ts";
import { memberOf, parsedJson, textOf } from "./json.ts";
import { request, type RegistryRequest, type RegistryResponse } from "./request.ts";

export interface RegistrySurroundings extends DockerSurroundings {
  /** Whether names of images may lead us to hosts at all: not in a workspace that is not trusted. */
  readonly mayAsk: () => boolean;
}

/** Whoever waits for a review waits for the slowest registry; what is known by then is told. */
const LOOK_LIMIT_MS: DurationMs = 4 * SECOND_MS;
const AT_A_TIME = 6;
const MOST_REDIRECTS = 3;

const ACCEPT = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.v1+prettyjws",
].join(", ");

/** Asks registries by the distribution protocol, as Docker would with the person's credentials. Nothing is pulled. */
export class DockerRegistry implements ImageRegistry {
  readonly #surroundings: RegistrySurroundings;

  constructor(surroundings: RegistrySurroundings) {
    this.#surroundings = surroundings;
  }

  async look(images: readonly string[], signal: AbortSignal): Promise<readonly ImageAnswer[]> {
    const { mayAsk, clock } = this.#surroundings;
    if (!mayAsk()) return images.map(notAsked("the workspace is not trusted"));
    const over = new AbortController();
    const limit = clock.after(LOOK_LIMIT_MS, () => {
      over.abort();
    });
    try {
      const stop = AbortSignal.any([signal, over.signal]);
      const credentials = new Credentials(this.#surroundings, stop);
      return await inTurns(images, (image) => lookAt(image, credentials, stop));
    } finally {
      limit.dispose();
    }
  }
}

/** What Docker knows of each registry, asked once for all images of one look. */
class Credentials {
  readonly #surroundings: DockerSurroundings;
  readonly #signal: AbortSignal;
  readonly #known = new Map<string, Promise<Result<Credential | undefined, string>>>();
  #config: Promise<unknown> | undefined;

  constructor(surroundings: DockerSurroundings, signal: AbortSignal) {
    this.#surroundings = surroundings;
    this.#signal = signal;
  }

  of(registry: string): Promise<Result<Credential | undefined, string>> {
    const found = this.#known.get(registry) ?? this.#read(registry);
    this.#known.set(registry, found);
    return found;
  }

  async #read(registry: string): Promise<Result<Credential | undefined, string>> {
    this.#config ??= dockerConfig(this.#surroundings);
    return credentialFor(registry, await this.#config, this.#surroundings, this.#signal);
  }
}

async function inTurns<A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<readonly B[]> {
  const done: B[] = [];
  for (let at = 0; at < items.length; at += AT_A_TIME) {
    done.push(...(await Promise.all(items.slice(at, at + AT_A_TIME).map(work))));
  }
  return done;
}

const notAsked =
  (detail: string) =>
  (image: string): ImageAnswer => ({ kind: "not-asked", image, detail });

async function lookAt(name: string, credentials: Credentials, signal: AbortSignal): Promise<ImageAnswer> {
  const image = parseImage(name);
  if (image === undefined) return notAsked("it is no name of an image")(name);
  const answer = await manifestAnswer(image, credentials, signal);
  return answer.ok ? judged(name, answer.value) : { ...answer.error, image: name };
}

/** The registry's answer about the manifest, after it was shown what it asks for. */
async function manifestAnswer(
  image: ImageReference,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Result<RegistryResponse, Refused>> {
  const first = await followed(manifestRequest(image, "HEAD", undefined), signal);
  if (!first.ok) return first;
  if (first.value.status !== 401) return withReason(image, undefined, first.value, signal);
  const credential = await credentials.of(image.registry);
  const known = credential.ok ? credential.value : undefined;
  const challenge = parseChallenge(first.value.header("www-authenticate"));
  const shown =
    known?.kind === "token"
      ? ok(`Bearer ${known.token}`)
      : await authorization(challenge, { image, credential: known }, signal);
  if (!shown.ok) return fail(unlessHelperFailed(shown.error, credential));
  const second = await followed(manifestRequest(image, "HEAD", shown.value), signal);
  if (!second.ok) return second;
  if (isDenial(second.value)) return fail(unlessHelperFailed({ kind: "denied" }, credential));
  return withReason(image, shown.value, second.value, signal);
}

/** Without the credentials that there are, a denial says nothing. */
const unlessHelperFailed = (refused: Refused, credential: Result<unknown, string>): Refused =>
  refused.kind === "denied" && !credential.ok ? { kind: "not-asked", detail: credential.error } : refused;

const isDenial = ({ status }: RegistryResponse): boolean => status === 401 || status === 403;

/** The answer to HEAD has no body: what is missing, and what knows no HEAD, is asked for in full. */
async function withReason(
  image: ImageReference,
  shown: string | undefined,
  answer: RegistryResponse,
  signal: AbortSignal,
): Promise<Result<RegistryResponse, Refused>> {
  if (answer.status !== 404 && answer.status !== 405) return ok(answer);
  return followed(manifestRequest(image, "GET", shown), signal);
}

const manifestRequest = (
  { host, repository, reference }: ImageReference,
  method: "GET" | "HEAD",
  shown: string | undefined,
): RegistryRequest => ({
  method,
  url: new URL(`${isLoopback(host) ? "http" : "https"}://${host}/v2/${repository}/manifests/${reference}`),
  headers: { Accept: ACCEPT, ...(shown === undefined ? {} : { Authorization: shown }) },
});

/** Follows redirects; another host is shown nothing. */
async function followed(
  asked: RegistryRequest,
  signal: AbortSignal,
): Promise<Result<RegistryResponse, Refused>> {
  let next = asked;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const answer = await request(next, signal);
    if (!answer.ok) return fail({ kind: "not-asked", detail: answer.error });
    const { status } = answer.value;
    if (![301, 302, 303, 307, 308].includes(status)) return ok(answer.value);
    const location = answer.value.header("location");
    const url = URL.canParse(location, next.url.href) ? new URL(location, next.url) : undefined;
    if (url === undefined || !mayFollow(next.url, url)) break;
    const { Authorization: shown, ...headers } = next.headers;
    const isSame = url.origin === next.url.origin && shown !== undefined;
    next = { ...next, url, headers: isSame ? { ...headers, Authorization: shown } : headers };
  }
  return fail({ kind: "not-asked", detail: "it redirects to where it cannot be asked safely" });
}

const mayFollow = (from: URL, to: URL): boolean =>
  isLoopback(from.host)
    ? isLoopback(to.host) && /^https?:$/u.test(to.protocol)
    : to.protocol === "https:" && !isLoopback(to.host);

/** The protocol's own words for what is not there. Other things, too, answer 404. */
const MISSING = new Set(["MANIFEST_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND", "TAG_UNKNOWN", "BLOB_UNKNOWN"]);

function judged(image: string, answer: RegistryResponse): ImageAnswer {
  const { status } = answer;
  const isManifest =
    answer.header("docker-content-digest") !== "" ||
    /manifest|image\.index/u.test(answer.header("content-type"));
  if (status === 200) {
    return isManifest ? { kind: "exists", image } : notAsked("what answers there is no registry")(image);
  }
  if (isDenial(answer)) return { kind: "denied", image };
  if (status === 404) {
    return says(answer, MISSING)
      ? { kind: "missing", image }
      : notAsked("what answers there is no registry")(image);
  }
  return notAsked(status === 429 ? "too many requests" : `status ${status}`)(image);
}

function says({ body }: RegistryResponse, codes: ReadonlySet<string>): boolean {
  const errors = memberOf(parsedJson(body), "errors");
  return Array.isArray(errors) && errors.some((error) => codes.has(textOf(error, "code") ?? ""));
}
