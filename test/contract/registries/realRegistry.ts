import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sayOnStderr } from "../../../scripts/tools/cache.ts";
import { goProgramPath } from "../../../scripts/tools/goProgram.ts";
import { freePorts } from "../../controlplane/component.ts";
import { REPOSITORIES, type RegistryDoor, type TestRegistry } from "./testRegistry.ts";
import { ANN, basicOf, ISSUER, SERVICE } from "./tokenServer.ts";

const SOURCE = fileURLToPath(new URL("../../registry/", import.meta.url));
const VERSION = "v3.1.1";
/** With Ann's password as bcrypt: the registry takes nothing else. */
const HTPASSWD = `${ANN.username}:$2a$05$YRyoPF64JI7INlSSq4oS5uylrzZ0TI2SStBd0E37zRFjCTpGLnbH2\n`;

const MOST_LOG = 4_000;

/** The CNCF's registry, built when the cache has none for these sources; undefined without Go. */
const registryPath = (): Promise<string | undefined> =>
  goProgramPath(
    {
      name: "registry",
      source: SOURCE,
      title: "The image registry for the cluster tests",
      version: VERSION,
      flags: ["-trimpath", "-ldflags", "-s -w"],
      announcement: `Building the CNCF's registry ${VERSION} from its Go module. The first build takes about two minutes.`,
    },
    { go: ["go"], say: sayOnStderr },
  );

export async function startRealRegistry(door: RegistryDoor): Promise<TestRegistry> {
  const binary = await registryPath();
  if (binary === undefined) throw new Error("A real registry needs Go, as the control plane does.");
  const folder = await mkdtemp(join(tmpdir(), "devdeploy-registry-"));
  const [port = 0] = await freePorts(1);
  const host = `127.0.0.1:${port}`;
  const config = join(folder, "config.yml");
  await writeFile(config, JSON.stringify(await configuration(door, host, folder)));
  const child = spawn(binary, [config], {
    stdio: ["pipe", "ignore", "pipe"],
    // Else it looks for a collector of traces on this machine.
    env: { ...process.env, OTEL_TRACES_EXPORTER: "none" },
  });
  // It calls every image that is not there an error.
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log = `${log}${text}`.slice(-MOST_LOG);
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilItAnswers(host);
    const digests = await Promise.all(REPOSITORIES.map((repository) => push(host, repository, door)));
    return { host, digest: digests[0] ?? "", stop };
  } catch (error) {
    await stop();
    throw new Error(`The registry said:\n${log}`, { cause: error });
  }
}

async function configuration(door: RegistryDoor, addr: string, folder: string): Promise<object> {
  const auth = join(folder, "auth");
  const base = {
    version: "0.1",
    log: { level: "error", accesslog: { disabled: true } },
    storage: { inmemory: {} },
    http: { addr, secret: "for tests" },
  };
  switch (door.kind) {
    case "open":
      return base;
    case "basic":
      await writeFile(auth, HTPASSWD);
      return { ...base, auth: { htpasswd: { realm: "test", path: auth } } };
    case "token":
      await writeFile(auth, door.tokens.jwks);
      return {
        ...base,
        auth: { token: { realm: door.tokens.realm, service: SERVICE, issuer: ISSUER, jwks: auth } },
      };
  }
}

async function untilItAnswers(host: string): Promise<void> {
  const until = performance.now() + 20_000;
  for (;;) {
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
    if (answer !== undefined) return;
    if (performance.now() > until) throw new Error("The registry did not answer within 20 s.");
    await delay(50);
  }
}

/** Pushes an image without layers as `1`, and answers its digest. */
async function push(host: string, repository: string, door: RegistryDoor): Promise<string> {
  const headers: Record<string, string> = {};
  if (door.kind === "basic") headers["Authorization"] = basicOf(ANN);
  if (door.kind === "token") {
    headers["Authorization"] = `Bearer ${door.tokens.issue({ repository, actions: ["pull", "push"] })}`;
  }
  const config = "{}";
  const begun = await fetch(`http://${host}/v2/${repository}/blobs/uploads/`, { method: "POST", headers });
  const upload = new URL(begun.headers.get("location") ?? "", `http://${host}`);
  upload.searchParams.set("digest", digestOf(config));
  const type = "application/octet-stream";
  await done(
    await fetch(upload, { method: "PUT", headers: { ...headers, "Content-Type": type }, body: config }),
  );
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: digestOf(config),
      size: config.length,
    },
    layers: [],
  });
  const at = `http://${host}/v2/${repository}/manifests/1`;
  const oci = "application/vnd.oci.image.manifest.v1+json";
  await done(
    await fetch(at, { method: "PUT", headers: { ...headers, "Content-Type": oci }, body: manifest }),
  );
  return digestOf(manifest);
}

async function done(answer: Response): Promise<void> {
  if (!answer.ok) throw new Error(`The registry answered ${answer.status}: ${await answer.text()}`);
}

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
