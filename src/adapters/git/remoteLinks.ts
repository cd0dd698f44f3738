import type { RepositoryLinks } from "../../domain/commitMatch.ts";

/** Hosts that also answer ssh under another name, where port 22 is closed. */
const SAME_AS: Readonly<Record<string, string>> = {
  "ssh.github.com": "github.com",
  "altssh.gitlab.com": "gitlab.com",
  "altssh.bitbucket.org": "bitbucket.org",
};

/** `user@host:path`, as ssh itself writes it. A colon after a slash, or a single letter before it, is a local path. */
const SCP = /^(?:[^@/\s]+@)?(?<host>[^:/@\s]{2,}):(?!\/\/)(?<path>.+)$/u;

const PART = /^[\w.~-]+$/u;

/**
 * Where a remote's commits can be looked at, by its address alone. Credentials in it are left behind. Undefined for
 * local folders, ssh's own aliases, and hosts that we do not know.
 */
export function linksOfRemote(address: string): RepositoryLinks | undefined {
  const place = placeOf(address.trim());
  if (place === undefined) return undefined;
  const host = hostKind(place.name);
  const parts = place.path
    .replace(/\/+$/u, "")
    .replace(/\.git$/u, "")
    .split("/")
    .filter((part) => part !== "");
  if (host === undefined || !isProject(parts, host)) return undefined;
  return { web: `${place.origin}/${parts.join("/")}`, host };
}

interface Place {
  readonly origin: string;
  readonly name: string;
  readonly path: string;
}

function placeOf(address: string): Place | undefined {
  const scp = address.includes("://") ? undefined : SCP.exec(address)?.groups;
  const text = scp === undefined ? address : `ssh://${scp["host"] ?? ""}/${scp["path"] ?? ""}`;
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, pathname } = new URL(text);
  const name = SAME_AS[hostname.toLowerCase()] ?? hostname.toLowerCase();
  switch (protocol) {
    case "https:":
    case "http:":
      // The port of the web is that of the pages; the port of ssh says nothing about them.
      return { origin: `${protocol}//${name}${port === "" ? "" : `:${port}`}`, name, path: pathname };
    case "ssh:":
    case "git+ssh:":
    case "git:":
      return { origin: `https://${name}`, name, path: pathname };
    default:
      return undefined;
  }
}

/** A company's own GitHub or GitLab is mostly called so; Bitbucket's server has other addresses than its cloud. */
function hostKind(name: string): RepositoryLinks["host"] | undefined {
  if (name === "bitbucket.org") return "bitbucket";
  if (!/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/u.test(name)) return undefined;
  if (name.startsWith("github.")) return "github";
  return name.startsWith("gitlab.") ? "gitlab" : undefined;
}

/** Owner and repository; GitLab has groups within groups. */
function isProject(parts: readonly string[], host: RepositoryLinks["host"]): boolean {
  const isDeep = host === "gitlab" ? parts.length >= 2 : parts.length === 2;
  return isDeep && parts.every((part) => PART.test(part) && part !== "." && part !== "..");
}
