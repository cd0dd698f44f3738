/** An image reference taken apart, as Docker and the kubelet read it. */
export interface ImageReference {
  /** As credentials are kept for it: `docker.io`, `registry.example.com:5000`. */
  readonly registry: string;
  /** Where its API answers. */
  readonly host: string;
  readonly repository: string;
  /** A tag or, where there is one, the digest: that is what is pulled then. */
  readonly reference: string;
}

const DOCKER_HUB = "docker.io";
const DOCKER_HUB_API = "registry-1.docker.io";

const LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const REGISTRY = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?$`, "u");
const PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const REPOSITORY = new RegExp(`^${PART}(?:/${PART})*$`, "u");
const TAG = /^\w[\w.-]{0,127}$/u;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/u;
const LONGEST_REPOSITORY = 255;

/** Undefined where the text names no image: the kubelet says `InvalidImageName` then. */
export function parseImage(image: string): ImageReference | undefined {
  const [named = "", digest, ...more] = image.split("@");
  if (more.length > 0 || (digest !== undefined && !DIGEST.test(digest))) return undefined;
  const first = named.split("/", 1)[0] ?? "";
  const hasRegistry = named.includes("/") && isRegistry(first);
  const registry = hasRegistry ? first : DOCKER_HUB;
  const { path, tag } = tagged(hasRegistry ? named.slice(first.length + 1) : named);
  const isHub = registry === DOCKER_HUB || registry === "index.docker.io";
  const repository = isHub && !path.includes("/") ? `library/${path}` : path;
  const isWell =
    REGISTRY.test(registry) &&
    REPOSITORY.test(repository) &&
    repository.length <= LONGEST_REPOSITORY &&
    (tag === undefined || TAG.test(tag));
  if (!isWell) return undefined;
  return {
    registry: isHub ? DOCKER_HUB : registry,
    host: isHub ? DOCKER_HUB_API : registry,
    repository,
    reference: digest ?? tag ?? "latest",
  };
}

/** What comes first is a registry if it could not be part of a repository's name, or is this very machine. */
const isRegistry = (first: string): boolean =>
  /[.:]/u.test(first) || first === "localhost" || first !== first.toLowerCase();

function tagged(text: string): { readonly path: string; readonly tag?: string } {
  const colon = text.lastIndexOf(":");
  if (colon === -1 || text.includes("/", colon)) return { path: text };
  return { path: text.slice(0, colon), tag: text.slice(colon + 1) };
}

/** Whether it is this very machine: there alone a registry may be asked without TLS, as Docker does. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/u, "").toLowerCase();
  return name === "localhost" || name === "[::1]" || /^127(?:\.\d{1,3}){3}$/u.test(name);
}
