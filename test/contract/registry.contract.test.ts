import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { DockerRegistry } from "../../src/adapters/registry/dockerRegistry.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import type { ImageAnswer } from "../../src/domain/rollback.ts";
import { startTestRegistry, type RegistryDoor, type TestRegistry } from "./registries/testRegistry.ts";
import { ANN, TokenServer } from "./registries/tokenServer.ts";

const NO_CONFIG = {};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "devdeploy-docker-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** What a person with this configuration of Docker's is told of these images. */
async function look(config: object, ...images: readonly string[]): Promise<readonly ImageAnswer["kind"][]> {
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  const registry = new DockerRegistry({
    env: { ...process.env, DOCKER_CONFIG: folder, PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}` },
    home: folder,
    clock: systemClock,
    mayAsk: () => true,
  });
  const answers = await registry.look(images, new AbortController().signal);
  assert.deepEqual(
    answers.map(({ image }) => image),
    images,
  );
  return answers.map(({ kind }) => kind);
}

const auths = (host: string, password: string = ANN.password): object => ({
  auths: { [host]: { auth: Buffer.from(`${ANN.username}:${password}`).toString("base64") } },
});

/** A registry for the tests of a suite. */
function useRegistry(door: () => Promise<RegistryDoor>): () => TestRegistry {
  let registry: TestRegistry | undefined;
  before(async () => {
    registry = await startTestRegistry(await door());
  });
  after(async () => {
    await registry?.stop();
  });
  return () => {
    if (registry === undefined) throw new Error("the registry is there only while tests run");
    return registry;
  };
}

describe("a registry that is open to all", () => {
  const registry = useRegistry(() => Promise.resolve({ kind: "open" }));

  test("tells by tag and by digest what exists, and what does not", async () => {
    const { host, digest } = registry();
    const app = `${host}/public/app`;
    const none = `sha256:${"0".repeat(64)}`;
    assert.deepEqual(
      await look(
        NO_CONFIG,
        ...[`${app}:1`, `${app}@${digest}`, `${app}:gone@${digest}`],
        ...[`${app}:gone`, app, `${app}@${none}`, `${host}/public/nothing:1`],
      ),
      ["exists", "exists", "exists", "missing", "missing", "missing", "missing"],
    );
  });
});

describe("a registry that wants a password", () => {
  const registry = useRegistry(() => Promise.resolve({ kind: "basic" }));

  test("lets in who has it, and nobody else", async () => {
    const { host } = registry();
    const image = `${host}/private/app:1`;
    assert.deepEqual(
      [
        await look(auths(host), image, `${host}/private/app:gone`),
        await look(auths(`http://${host}/v1/`), image),
        await look(auths(host, "wrong"), image),
        await look(NO_CONFIG, image),
        await look(auths("other.example.com"), image),
      ],
      [["exists", "missing"], ["exists"], ["denied"], ["denied"], ["denied"]],
    );
  });
});

describe("a registry that names a token server", () => {
  let tokens: TokenServer | undefined;
  const registry = useRegistry(async () => {
    tokens = await TokenServer.start();
    return { kind: "token", tokens };
  });
  after(async () => {
    await tokens?.stop();
  });

  test("shows everybody what is public, and tells apart what is missing", async () => {
    const { host } = registry();
    assert.deepEqual(
      await look(NO_CONFIG, `${host}/public/app:1`, `${host}/public/app:gone`, `${host}/private/app:1`),
      ["exists", "missing", "denied"],
    );
  });

  test("shows who has a password, an identity token or a helper what is theirs", async () => {
    const { host } = registry();
    const images = [`${host}/private/app:1`, `${host}/private/app:gone`];
    assert.deepEqual(await look(auths(host), ...images), ["exists", "missing"]);
    assert.deepEqual(await look(auths(host, "wrong"), ...images), ["denied", "denied"]);
    const identity = { auths: { [host]: { identitytoken: ANN.identityToken } } };
    assert.deepEqual(await look(identity, ...images), ["exists", "missing"]);
  });

  test("takes what a credential helper keeps", async () => {
    const { host } = registry();
    const answer = { ServerURL: host, Username: ANN.username, Secret: ANN.password };
    const helper = join(folder, "docker-credential-test");
    // Answers for this registry alone, as the protocol has it: the server's name on standard input.
    await writeFile(
      helper,
      `#!/bin/sh\nread -r server || true\nif [ "$server" = "${host}" ]; then printf '%s' '${JSON.stringify(answer)}'; else echo "credentials not found in native keychain"; exit 1; fi\n`,
    );
    await chmod(helper, 0o755);
    assert.deepEqual(await look({ credHelpers: { [host]: "test" } }, `${host}/private/app:1`), ["exists"]);
    assert.deepEqual(await look({ credsStore: "test" }, `${host}/private/app:1`), ["exists"]);
  });
});

test("where nothing listens nothing could be asked", async () => {
  assert.deepEqual(await look(NO_CONFIG, "127.0.0.1:1/app:1"), ["not-asked"]);
});
