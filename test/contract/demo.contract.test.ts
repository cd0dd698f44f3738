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

const run = promisify(execFile);
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

  for (const helm of ["helm3", "helm4"] as const) {
    test(`${helm} reads the history as its own`, async () => {
      const history = (await ask(helm, "history", "web", "--namespace=shop", "--kube-context=prod")) as {
        readonly revision: number;
        readonly status: string;
        readonly description: string;
      }[];
      assert.deepEqual(
        history.map(({ revision, status }) => `${revision} ${status}`),
        [158, 159, 160, 161, 162, 163, 164, 165, 166, 167].map(
          (revision) =>
            `${revision} ${revision === 162 ? "failed" : revision === 167 ? "deployed" : "superseded"}`,
        ),
      );
      assert.equal(history[5]?.description, "Rollback to 161");
      assert.match(history[6]?.description ?? "", /^Devdeploy master [0-9a-f]{7} by Tomás Silva$/u);
    });
  }

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
        ({ release, revisions }) => `${release} ${revisions.at(-1)?.revision ?? 0} deployed`,
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
      ["", "ben <ben@example.com>", "", 14],
    );
  });

  test("each slow step is told, and nothing is left behind", async () => {
    assert.equal(said.length, 3);
    await demo?.stop();
    assert.equal(existsSync(folder), false);
  });
});
