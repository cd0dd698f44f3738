import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { REPOSITORIES, type RegistryDoor, type TestRegistry } from "./testRegistry.ts";
import { ANN, basicOf, SERVICE } from "./tokenServer.ts";

const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: "application/vnd.oci.image.manifest.v1+json",
});
const DIGEST = `sha256:${createHash("sha256").update(MANIFEST).digest("hex")}`;
const MANIFEST_PATH = /^\/v2\/(?<repository>.+)\/manifests\/(?<reference>[^/]+)$/u;

/** So much of the distribution protocol as it takes to look whether an image exists. */
export async function startSmallRegistry(door: RegistryDoor): Promise<TestRegistry> {
  const server = createServer((asked, answer) => {
    const { repository = "", reference = "" } = MANIFEST_PATH.exec(asked.url ?? "")?.groups ?? {};
    const said = answerTo(door, asked, { repository, reference });
    answer.writeHead(said.status, { "Docker-Distribution-Api-Version": "registry/2.0", ...said.headers });
    answer.end(asked.method === "HEAD" ? undefined : said.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server without a port");
  return {
    host: `127.0.0.1:${address.port}`,
    digest: DIGEST,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function answerTo(
  door: RegistryDoor,
  asked: IncomingMessage,
  { repository, reference }: { readonly repository: string; readonly reference: string },
): Said {
  if (!isLetIn(door, asked.headers.authorization ?? "", repository)) {
    return { ...errors(401, "UNAUTHORIZED"), headers: { "WWW-Authenticate": challengeOf(door, repository) } };
  }
  if (!REPOSITORIES.some((name) => name === repository)) return errors(404, "NAME_UNKNOWN");
  if (reference !== "1" && reference !== DIGEST) return errors(404, "MANIFEST_UNKNOWN");
  return {
    status: 200,
    headers: {
      "Content-Type": "application/vnd.oci.image.manifest.v1+json",
      "Docker-Content-Digest": DIGEST,
    },
    body: MANIFEST,
  };
}

const errors = (status: number, code: string): Said => ({
  status,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ errors: [{ code, message: "", detail: {} }] }),
});

function isLetIn(door: RegistryDoor, shown: string, repository: string): boolean {
  switch (door.kind) {
    case "open":
      return true;
    case "basic":
      return shown === basicOf(ANN);
    case "token":
      return shown.startsWith("Bearer ") && door.tokens.allows(shown.slice("Bearer ".length), repository);
  }
}

const challengeOf = (door: RegistryDoor, repository: string): string =>
  door.kind === "token"
    ? `Bearer realm="${door.tokens.realm}",service="${SERVICE}",scope="repository:${repository}:pull"`
    : 'Basic realm="test"';
