import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import {
  DockerRegistry,
  type RegistrySurroundings,
} from "../../../../src/adapters/registry/dockerRegistry.ts";
import { systemClock } from "../../../../src/adapters/system/clock.ts";
import type { Clock } from "../../../../src/app/ports.ts";
import type { ImageAnswer } from "../../../../src/domain/rollback.ts";
import { ManualClock } from "../../../fakes/clock.ts";

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

interface Server {
  readonly host: string;
  readonly asked: readonly Asked[];
  readonly isAsked: Promise<unknown>;
}

const ends: (() => Promise<void>)[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "devdeploy-docker-"));
});
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
  await rm(folder, { recursive: true });
});

/** Something that listens on this machine and answers as it likes. */
async function aServer(answer: (asked: Asked, response: ServerResponse) => void): Promise<Server> {
  const asked: Asked[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const { method = "", url = "", headers } = request;
    const one = { method, path: url, authorization: headers.authorization };
    asked.push(one);
    answer(one, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server without a port");
  ends.push(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return { host: `127.0.0.1:${address.port}`, asked, isAsked: once(server, "request") };
}

const PASSWORD = "s3cret";
const SHOWN = `Basic ${Buffer.from(`ann:${PASSWORD}`).toString("base64")}`;

async function aRegistry(
  config: object,
  surroundings: Partial<RegistrySurroundings> = {},
): Promise<DockerRegistry> {
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  const env = { ...process.env, DOCKER_CONFIG: folder };
  return new DockerRegistry({ env, home: folder, clock: systemClock, mayAsk: () => true, ...surroundings });
}

const aConfig = (host: string): object => ({
  auths: { [host]: { username: "ann", password: PASSWORD } },
});

async function look(registry: DockerRegistry, image: string): Promise<ImageAnswer | undefined> {
  return (await registry.look([image], new AbortController().signal))[0];
}

const exists = (response: ServerResponse): void => {
  response.writeHead(200, { "Docker-Content-Digest": "sha256:0" }).end();
};

const notAsked = (image: string, detail: string): ImageAnswer => ({ kind: "not-asked", image, detail });

test("in a workspace that is not trusted nobody is asked", async () => {
  const server = await aServer((_asked, response) => {
    exists(response);
  });
  const registry = await aRegistry({}, { mayAsk: () => false });
  const image = `${server.host}/app:1`;
  assert.deepEqual(await look(registry, image), notAsked(image, "the workspace is not trusted"));
  assert.deepEqual(server.asked, []);
});

test("a redirect to another place is followed without what was shown to the first", async () => {
  const other = await aServer((_asked, response) => {
    exists(response);
  });
  const first = await aServer(({ authorization }, response) => {
    if (authorization === undefined) response.writeHead(401, { "WWW-Authenticate": "Basic" }).end();
    else response.writeHead(307, { Location: `http://${other.host}/elsewhere` }).end();
  });
  const registry = await aRegistry({ auths: { ...authsOf(first), ...authsOf(other) } });
  assert.equal((await look(registry, `${first.host}/app:1`))?.kind, "exists");
  assert.deepEqual(
    [first.asked.map(({ authorization }) => authorization), other.asked],
    [[undefined, SHOWN], [{ method: "HEAD", path: "/elsewhere", authorization: undefined }]],
  );
});

const authsOf = ({ host }: Server): object => ({ [host]: { username: "ann", password: PASSWORD } });

test("redirects without an end are not followed to the end", async () => {
  const server = await aServer((_asked, response) => {
    response.writeHead(302, { Location: "/again" }).end();
  });
  const image = `${server.host}/app:1`;
  assert.deepEqual(
    await look(await aRegistry({}), image),
    notAsked(image, "it redirects to where it cannot be asked safely"),
  );
  assert.equal(server.asked.length, 4);
});

for (const realm of [
  "http://tokens.example.com/token",
  "ftp://127.0.0.1/token",
  "http://user:pw@127.0.0.1:1/token",
  "not an address",
]) {
  test(`no credentials go to the token server ${realm}`, async () => {
    const server = await aServer((_asked, response) => {
      response.writeHead(401, { "WWW-Authenticate": `Bearer realm="${realm}"` }).end();
    });
    const image = `${server.host}/app:1`;
    assert.deepEqual(
      await look(await aRegistry(aConfig(server.host)), image),
      notAsked(image, "its token server cannot be asked safely"),
    );
  });
}

test("a token is asked for looking alone, whatever the registry would have one ask for", async () => {
  const server = await aServer(({ path, authorization }, response) => {
    if (path.startsWith("/token")) response.end(JSON.stringify({ token: "t0ken" }));
    else if (authorization === "Bearer t0ken") exists(response);
    else {
      const challenge = `Bearer realm="http://${server.host}/token",service="s",scope="repository:*:push,delete"`;
      response.writeHead(401, { "WWW-Authenticate": challenge }).end();
    }
  });
  assert.equal((await look(await aRegistry({}), `${server.host}/a/b:1`))?.kind, "exists");
  const [, token] = server.asked;
  assert.equal(token?.path, "/token?service=s&scope=repository%3Aa%2Fb%3Apull");
});

test("a token that would break a header is none", async () => {
  const server = await aServer(({ path }, response) => {
    if (path.startsWith("/token")) response.end(JSON.stringify({ token: "a\r\nX-Evil: 1" }));
    else response.writeHead(401, { "WWW-Authenticate": `Bearer realm="http://${server.host}/token"` }).end();
  });
  const image = `${server.host}/app:1`;
  assert.deepEqual(
    await look(await aRegistry({}), image),
    notAsked(image, "token server: no token in its answer"),
  );
});

for (const [what, status, body] of [
  ["a page that says there is nothing", 404, "<html>not found</html>"],
  ["errors that are none", 404, '{"errors":"MANIFEST_UNKNOWN"}'],
  ["a page that says hello", 200, "hello"],
] as const) {
  test(`${what} is no registry's word about an image`, async () => {
    const server = await aServer((_asked, response) => {
      response.writeHead(status, { "Content-Type": "text/html" }).end(body);
    });
    const image = `${server.host}/app:1`;
    assert.deepEqual(
      await look(await aRegistry({}), image),
      notAsked(image, "what answers there is no registry"),
    );
  });
}

for (const [status, detail] of [
  [429, "too many requests"],
  [503, "status 503"],
] as const) {
  test(`${status} is no answer about an image`, async () => {
    const server = await aServer((_asked, response) => {
      response.writeHead(status).end();
    });
    const image = `${server.host}/app:1`;
    assert.deepEqual(await look(await aRegistry({}), image), notAsked(image, detail));
  });
}

test("an endless answer is not read to its end", async () => {
  const server = await aServer(({ method }, response) => {
    response.writeHead(404, { "Content-Type": "application/json" });
    if (method === "HEAD") response.end();
    else {
      const more = (): void => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
      };
      response.on("drain", more);
      more();
    }
  });
  const image = `${server.host}/app:1`;
  assert.deepEqual(await look(await aRegistry({}), image), notAsked(image, "ERR_BAD_RESPONSE"));
});

test("one that does not answer holds nobody up for more than four seconds, and the others are told", async () => {
  let isRead = (): void => undefined;
  const read = new Promise<void>((resolve) => {
    isRead = resolve;
  });
  const well = await aServer((_asked, response) => {
    // The connection ends once its answer was read.
    response.setHeader("Connection", "close");
    response.socket?.once("close", () => {
      isRead();
    });
    exists(response);
  });
  const silent = await aServer(() => undefined);
  const clock = new ManualClock();
  const registry = await aRegistry({}, { clock });
  const images = [`${well.host}/app:1`, `${silent.host}/app:1`];
  const answers = registry.look(images, new AbortController().signal);
  await Promise.all([read, silent.isAsked]);
  await clock.advance(4_000);
  assert.deepEqual(await answers, [
    { kind: "exists", image: images[0] },
    { kind: "not-asked", image: images[1], detail: "no answer in time" },
  ]);
});

test("a proxy of the surroundings never sees what stays on this machine", async () => {
  const proxy = await aServer((_asked, response) => response.writeHead(500).end());
  const server = await aServer((_asked, response) => {
    exists(response);
  });
  const before = process.env["HTTP_PROXY"];
  process.env["HTTP_PROXY"] = `http://${proxy.host}`;
  try {
    assert.equal((await look(await aRegistry({}), `${server.host}/app:1`))?.kind, "exists");
  } finally {
    if (before === undefined) delete process.env["HTTP_PROXY"];
    else process.env["HTTP_PROXY"] = before;
  }
  assert.deepEqual(proxy.asked, []);
});

async function helperSays(script: string, clock: Clock = systemClock): Promise<DockerRegistry> {
  const helper = join(folder, "docker-credential-odd");
  await writeFile(helper, `#!/bin/sh\n${script}\n`);
  await chmod(helper, 0o755);
  const env = { PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}`, DOCKER_CONFIG: folder };
  return aRegistry({ credsStore: "odd" }, { env, clock });
}

const locked = (): Promise<Server> =>
  aServer((_asked, response) => response.writeHead(401, { "WWW-Authenticate": "Basic" }).end());

test("a helper that fails is told: without it a denial says nothing", async () => {
  const server = await locked();
  const image = `${server.host}/app:1`;
  assert.deepEqual(
    await look(await helperSays("echo s3cret >&2; exit 3"), image),
    notAsked(image, "docker-credential-odd: ended with 3"),
  );
});

test("a helper that waits for a person is ended", async () => {
  const server = await locked();
  const clock = new ManualClock();
  const registry = await helperSays(`touch ${join(folder, "begun")}; sleep 60`, clock);
  const image = `${server.host}/app:1`;
  const answer = look(registry, image);
  // Two timers: the whole look's, and the helper's once it was started.
  while (clock.nextTimer !== 3_000) await new Promise((again) => setTimeout(again, 5));
  await clock.advance(3_000);
  assert.deepEqual(await answer, notAsked(image, "docker-credential-odd: no answer in time"));
});

for (const name of ["../evil", "a b", "", "-x"]) {
  test(`no program is started for a helper called "${name}"`, async () => {
    const server = await locked();
    const image = `${server.host}/app:1`;
    const answer = await look(await aRegistry({ credsStore: name }), image);
    assert.deepEqual(
      answer,
      name === "" ? { kind: "denied", image } : notAsked(image, "the name of the credential helper is none"),
    );
  });
}

test("a configuration of Docker's that cannot be read is none", async () => {
  const server = await locked();
  const registry = await aRegistry({});
  await writeFile(join(folder, "config.json"), "{");
  assert.deepEqual(await look(registry, `${server.host}/app:1`), {
    kind: "denied",
    image: `${server.host}/app:1`,
  });
});

test("what names no image is told without asking anybody", async () => {
  assert.deepEqual(
    await look(await aRegistry({}), "not an image"),
    notAsked("not an image", "it is no name of an image"),
  );
});

test("a registry that is not there is told in words", async () => {
  // Nobody listens on the first port.
  const image = "127.0.0.1:1/shop/web:1";
  assert.deepEqual(
    await look(await aRegistry({}), image),
    notAsked(image, "the registry cannot be reached from here"),
  );
});
