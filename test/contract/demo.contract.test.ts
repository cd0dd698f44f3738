import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { makeDemo, type Demo } from "../../scripts/demo/makeDemo.ts";
import { RELEASES } from "../../scripts/demo/releaseStory.ts";
import { toolPath } from "../../scripts/tools/provision.ts";
import { eventually } from "./eventually.ts";

/** The web's own pods in production, not those of its hooks. */
const NAMED = [
  "--namespace=shop",
  "--selector=app.kubernetes.io/instance=web,app.kubernetes.io/name=app",
] as const;

/** As much of a pod as is looked at. */
interface PodSeen {
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
  readonly status: { readonly containerStatuses?: readonly { readonly ready: boolean }[] };
}

const run = promisify(execFile);
const STATUS: Readonly<Record<number, string>> = { 162: "failed", 167: "deployed", 168: "failed" };
const target = process.env["DEVDEPLOY_CONTRACT_TARGET"] ?? "sandbox";

// The demo brings its own sandbox, whatever cluster the other contracts run on.
describe("the demo", { skip: target === "sandbox" ? false : "the demo is made on the sandbox" }, () => {
  let demo: Demo | undefined;
  let root = "";
  let folder = "";
  const said: string[] = [];

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "devdeploy-demo-"));
    folder = join(root, "demo");
    const [helm, kubectl] = await Promise.all([toolPath("helm3"), toolPath("kubectl")]);
    demo = await makeDemo({ folder, helm, kubectl, say: (line) => said.push(line) });
  });
  after(async () => {
    await demo?.stop();
    await rm(root, { recursive: true });
  });

  const ask = async (
    program: "helm3" | "helm4" | "kubectl",
    ...args: readonly string[]
  ): Promise<unknown> => {
    const env = { ...process.env, ...demo?.env };
    const { stdout } = await run(await toolPath(program), [...args, "--output=json"], { env });
    return JSON.parse(stdout);
  };

  const helmRollback = async (revision: number, timeout: string): Promise<unknown> => {
    const args = [
      "rollback",
      "web",
      String(revision),
      "--namespace=shop",
      "--kube-context=prod",
      "--wait",
      timeout,
    ];
    return run(await toolPath("helm4"), args, { env: { ...process.env, ...demo?.env } });
  };

  for (const helm of ["helm3", "helm4"] as const) {
    test(`${helm} reads the history as its own`, async () => {
      const history = (await ask(helm, "history", "web", "--namespace=shop", "--kube-context=prod")) as {
        readonly revision: number;
        readonly status: string;
        readonly description: string;
      }[];
      assert.deepEqual(
        history.map(({ revision, status }) => `${revision} ${status}`),
        [159, 160, 161, 162, 163, 164, 165, 166, 167, 168].map(
          (revision) => `${revision} ${STATUS[revision] ?? "superseded"}`,
        ),
      );
      assert.equal(history[4]?.description, "Rollback to 161");
      assert.match(history[6]?.description ?? "", /^Devdeploy master [0-9a-f]{7} by Ann Lee$/u);
    });
  }

  test("kubectl reads the rollouts of what helm does not know, with the numbers that going back left", async () => {
    const env = { ...process.env, ...demo?.env };
    const args = ["rollout", "history", "deployment/thumbnails", "--namespace=staging", "--context=staging"];
    const { stdout } = await run(await toolPath("kubectl"), args, { env });
    assert.deepEqual(
      stdout.split("\n").flatMap((line) => /^\d+/u.exec(line)?.[0] ?? []),
      ["1", "3", "4", "5", "6"],
    );
  });

  test("every release is there, with its newest revision", async () => {
    const listed = await Promise.all(
      ["shop", "staging", "dev", "services"].map((namespace) =>
        ask("helm3", "list", `--namespace=${namespace}`),
      ),
    );
    const found = listed.flat() as {
      readonly name: string;
      readonly revision: string;
      readonly status: string;
    }[];
    assert.deepEqual(
      found.map(({ name, revision, status }) => `${name} ${revision} ${status}`).sort(),
      RELEASES.map(
        ({ release, revisions }) =>
          `${release} ${revisions.at(-1)?.revision ?? 0} ${release === "web" ? "failed" : "deployed"}`,
      ).sort(),
    );
  });

  test("the Leases stand ready in the lock namespace", async () => {
    const { items } = (await ask("kubectl", "get", "leases", "--namespace=devdeploy")) as {
      readonly items: {
        readonly metadata: { readonly name: string };
        readonly spec: { readonly holderIdentity?: string };
      }[];
    };
    const holders = new Map(items.map(({ metadata, spec }) => [metadata.name, spec.holderIdentity ?? ""]));
    assert.deepEqual(
      [holders.get("dev1"), holders.get("dev2"), holders.get("dev1-operation"), holders.size],
      ["", "ben <ben@example.com>", "", 16],
    );
  });

  const web = ["--namespace=shop", "--kube-context=prod"] as const;

  /** What the application's pods run, and why those that do not run do not. */
  const pods = async (): Promise<readonly string[]> => {
    const { items } = (await ask("kubectl", "get", "pods", ...NAMED, "--context=prod")) as {
      readonly items: readonly PodSeen[];
    };
    return items.map(({ spec, status }) =>
      [
        /:(?<word>crash|missing)?/u.exec(spec.containers[0]?.image ?? "")?.groups?.["word"] ?? "whole",
        status.containerStatuses?.[0]?.ready === true ? "ready" : "not ready",
      ].join(" "),
    );
  };

  test("the failed revision is what runs: its pods crash", async () => {
    await eventually(pods, ["crash not ready", "crash not ready", "crash not ready"]);
  });

  test("going back to the last that ran works, hooks included, and takes the secret along", async () => {
    await helmRollback(167, "--timeout=60s");
    assert.deepEqual(await pods(), ["whole ready", "whole ready", "whole ready"]);
    const history = (await ask("helm4", "history", "web", ...web)) as { readonly description: string }[];
    assert.equal(history.at(-1)?.description, "Rollback to 167");
    const { data } = (await ask("kubectl", "get", "secret", "web", ...web.slice(0, 1), "--context=prod")) as {
      readonly data: Readonly<Record<string, string>>;
    };
    assert.equal(Buffer.from(data["QUEUE_SECRET"] ?? "", "base64").toString(), "autumn-2026");
  });

  test("going back to 160 does not: its image is gone, and the pods of before go on", async () => {
    await assert.rejects(helmRollback(160, "--timeout=4s"));
    const seen = await pods();
    assert.ok(seen.includes("missing not ready") && seen.includes("whole ready"), seen.join(", "));
  });

  test("each slow step is told, and nothing is left behind", async () => {
    assert.equal(said.length, 3);
    await demo?.stop();
    assert.equal(existsSync(folder), false);
  });
});
