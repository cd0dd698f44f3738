import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { Connections } from "../../../../src/adapters/kubernetes/connection.ts";
import { KubeconfigSource } from "../../../../src/adapters/kubernetes/kubeconfig.ts";
import { systemClock } from "../../../../src/adapters/system/clock.ts";
import type { Clock } from "../../../../src/app/ports.ts";
import { SECOND_MS } from "../../../../src/domain/time.ts";
import { kubeconfigText } from "../../../fakes/apiServer.ts";
import { ManualClock } from "../../../fakes/clock.ts";

const SECRET = "s3cr3t-t0ken";

describe("where the kubeconfig is and what is wrong with it", () => {
  let folder: string;
  beforeEach(() => {
    files += 1;
  });
  let files = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "devdeploy-kubeconfig-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const write = async (text: string, name = `config-${(files += 1)}`): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };
  const open = async (
    context: string,
    { path, env = {}, clock = systemClock }: { path?: string; env?: NodeJS.ProcessEnv; clock?: Clock },
  ): Promise<unknown> => {
    const source = new KubeconfigSource({ env, clock, ...(path === undefined ? {} : { path }) });
    const connection = await new Connections(source).open(context);
    return connection.ok ? connection.value.server : connection.error;
  };

  test("the setting wins over KUBECONFIG, and that over ~/.kube/config", async () => {
    const home = join(folder, "home");
    await mkdir(join(home, ".kube"), { recursive: true });
    await write(kubeconfigText("http://home"), "home/.kube/config");
    const env = { HOME: home };
    const listed = await write(kubeconfigText("http://listed"));
    const set = await write(kubeconfigText("http://set"));
    assert.deepEqual(
      await Promise.all([
        open("staging", { env }),
        open("staging", { env: { ...env, KUBECONFIG: listed } }),
        open("staging", { env: { ...env, KUBECONFIG: listed }, path: set }),
        open("staging", { env, path: "~/.kube/config" }),
      ]),
      ["http://home", "http://listed", "http://set", "http://home"],
    );
  });

  test("of a list of files the first that names a thing wins, and absent ones are passed over", async () => {
    const first = await write(kubeconfigText("http://first", { token: "1" }, "staging"));
    const second = await write(
      JSON.stringify({
        clusters: [{ name: "c2", cluster: { server: "http://second", "insecure-skip-tls-verify": true } }],
        contexts: [
          { name: "staging", context: { cluster: "c2", user: "u" } },
          { name: "prod", context: { cluster: "c2", user: "u" } },
        ],
      }),
    );
    const env = { KUBECONFIG: [first, join(folder, "absent"), second].join(delimiter) };
    assert.deepEqual(
      [await open("staging", { env }), await open("prod", { env })],
      ["http://first", "http://second"],
    );
  });

  test("where there is none, the places that were looked at are named", async () => {
    const path = join(folder, "absent");
    const absent = { reason: "kubeconfig-absent", paths: [path] };
    assert.deepEqual(await open("staging", { path }), absent);
    assert.deepEqual(await open("staging", { env: { KUBECONFIG: path } }), absent);
    assert.deepEqual(await open("staging", { env: { HOME: folder } }), {
      reason: "kubeconfig-absent",
      paths: [join(folder, ".kube", "config")],
    });
  });

  const broken: readonly (readonly [string, string, string])[] = [
    ["an empty file", "", "it is empty"],
    ["no mapping", `- ${SECRET}`, "it is not a kubeconfig: no mapping at its top"],
    ["no YAML", `users:\n  token: ${SECRET}\n bad: [`, "line 3 is not valid YAML"],
    ["no clusters", `users: [{ name: u, user: { token: ${SECRET} } }]`, "it has no clusters"],
    ["no contexts", "clusters: [{ name: c, cluster: { server: http://x } }]", "it has no contexts"],
    [
      "a cluster without a server",
      "clusters: [{ name: c, cluster: {} }]\ncontexts: [{ name: staging, context: { cluster: c } }]",
      "clusters[0].cluster.server is missing",
    ],
  ];
  for (const [what, text, detail] of broken) {
    test(`${what} is told without a word of the file`, async () => {
      const path = await write(text);
      assert.deepEqual(await open("staging", { path }), { reason: "kubeconfig-unreadable", path, detail });
    });
  }

  test("a folder in its place is unreadable", async () => {
    assert.deepEqual(await open("staging", { path: folder }), {
      reason: "kubeconfig-unreadable",
      path: folder,
      detail: "EISDIR",
    });
  });

  test("an unknown context is told with those that there are", async () => {
    const path = await write(kubeconfigText("http://x"));
    assert.deepEqual(await open("prod", { path }), {
      reason: "context-unknown",
      context: "prod",
      known: ["staging"],
    });
  });

  test("plain http without insecure-skip-tls-verify is refused: a token would travel in the open", async () => {
    const path = await write(kubeconfigText("http://user:pw@x").replace("true", "false"));
    assert.deepEqual(await open("staging", { path }), {
      reason: "unreachable",
      server: "http://x",
      detail: "plain http is used only with insecure-skip-tls-verify",
    });
  });

  test("a file that changed is read again, and one that did not keeps its object", async () => {
    const path = await write(kubeconfigText("http://before"));
    const source = new KubeconfigSource({ path, env: {}, clock: systemClock });
    const first = await source.load("staging");
    const second = await source.load("staging");
    await writeFile(path, kubeconfigText("http://after-it"));
    const third = await source.load("staging");
    assert.equal(first.ok && second.ok && first.value === second.value, true);
    assert.equal(third.ok && third.value.getCurrentCluster()?.server, "http://after-it");
  });

  test("kubectl's tokenFile is used", async () => {
    await write("from-a-file", "token");
    const path = await write(kubeconfigText("http://x", { tokenFile: "token" }));
    const source = new KubeconfigSource({ path, env: {}, clock: systemClock });
    const connection = await new Connections(source).open("staging");
    assert.deepEqual(connection.ok && connection.value.options.headers, {
      Authorization: "Bearer from-a-file",
    });
  });

  describe("credential plugins", () => {
    const withPlugin = (command: string, args: readonly string[] = []): Promise<string> =>
      write(
        kubeconfigText("http://x", {
          exec: { apiVersion: "client.authentication.k8s.io/v1", command, args },
        }),
      );
    const script = async (text: string): Promise<string> => {
      const path = await write(`#!/bin/sh\n${text}\n`);
      await chmod(path, 0o755);
      return path;
    };
    const answer = (token: string, expirationTimestamp: string): string =>
      JSON.stringify({ kind: "ExecCredential", status: { token, expirationTimestamp } });
    const env = { PATH: process.env["PATH"] };

    test("a missing one is named, with the PATH that was searched", async () => {
      const path = await withPlugin("aws-iam-authenticator-absent");
      assert.deepEqual(await open("staging", { path, env: { PATH: "/nowhere" } }), {
        reason: "credential-plugin",
        command: "aws-iam-authenticator-absent",
        detail: "not found; PATH is /nowhere",
      });
    });

    test("one that fails is told by what it says, credentials taken out", async () => {
      const command = await script(`echo "Bearer ${SECRET} has expired" >&2; exit 3`);
      assert.deepEqual(await open("staging", { path: await withPlugin(command), env }), {
        reason: "credential-plugin",
        command,
        detail: "ended with 3: [redacted] has expired",
      });
    });

    test("one that answers nonsense is named, without its answer", async () => {
      const command = await script(`echo ${SECRET}`);
      assert.deepEqual(await open("staging", { path: await withPlugin(command), env }), {
        reason: "credential-plugin",
        command,
        detail: "its answer is not JSON",
      });
    });

    test("one that hangs is ended after fifteen seconds, and what it started with it", async () => {
      const pid = join(folder, "pid");
      const command = await script(`sleep 600 & echo $! > ${pid}; wait`);
      const clock = new ManualClock();
      const outcome = open("staging", { path: await withPlugin(command), env, clock });
      const child = await waitForFile(pid);
      await clock.advance(15 * SECOND_MS);
      assert.deepEqual(await outcome, {
        reason: "credential-plugin",
        command,
        detail: "no answer within 15 s",
      });
      await waitFor(() => !isRunning(Number(child)));
    });

    test("a token is kept until ten seconds before its end, and is fetched once for all who ask", async () => {
      const runs = join(folder, "runs");
      const clock = new ManualClock(Date.UTC(2026, 10, 23, 8));
      const command = await script(`echo run >> ${runs}; echo '${answer("t1", "2026-11-23T08:01:00Z")}'`);
      const source = new KubeconfigSource({ path: await withPlugin(command), env, clock });
      const connections = new Connections(source);
      const count = async (): Promise<number> => (await readFile(runs, "utf8")).trim().split("\n").length;
      const opened = await Promise.all([connections.open("staging"), connections.open("staging")]);
      assert.deepEqual(
        opened.map((connection) => connection.ok && connection.value.options.headers),
        [{ Authorization: "Bearer t1" }, { Authorization: "Bearer t1" }],
      );
      await clock.advance(49 * SECOND_MS);
      await connections.open("staging");
      assert.equal(await count(), 1);
      await clock.advance(2 * SECOND_MS);
      await connections.open("staging");
      assert.equal(await count(), 2);
    });

    test("one whose tokens have always ended is run once for each request, not in a storm", async () => {
      const runs = join(folder, "storm");
      const command = await script(`echo run >> ${runs}; echo '${answer("t1", "2020-01-01T00:00:00Z")}'`);
      const source = new KubeconfigSource({ path: await withPlugin(command), env, clock: systemClock });
      assert.equal((await new Connections(source).open("staging")).ok, true);
      assert.equal(await readFile(runs, "utf8"), "run\n");
    });
  });
});

async function waitFor(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error("It never happened.");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function waitForFile(path: string): Promise<string> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const text = await readFile(path, "utf8").catch(() => "");
    if (text.endsWith("\n")) return text;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`${path} was never written.`);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that has ended and was not yet collected still has its number.
    return true;
  } catch {
    return false;
  }
}
