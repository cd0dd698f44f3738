import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Demo } from "../../scripts/demo/makeDemo.ts";
import type { Teammate } from "../../scripts/demo/people.ts";
import { SANDBOX } from "../../scripts/demo/demoCluster.ts";
import { toolPath } from "../../scripts/tools/provision.ts";
import { lockLeaseChange } from "../../src/adapters/kubernetes/lockLease.ts";
import { microTime } from "../../src/adapters/kubernetes/microTime.ts";
import { parseBranchName, parseCommitHash } from "../../src/domain/branch.ts";
import { claimed } from "../../src/domain/lockChanges.ts";
import { SECOND_MS, type DurationMs } from "../../src/domain/time.ts";

const run = promisify(execFile);
const LOCK_NAMESPACE = SANDBOX.namespaces.locks;

/** What kubectl says in Ann's name. */
export async function kubectl(demo: Demo, namespace: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, ...demo.env };
  const { stdout } = await run(await toolPath("kubectl"), [...args, `--namespace=${namespace}`], { env });
  return stdout;
}

/** As much of a Lease as is read here. */
export interface LeaseText {
  readonly holder: string;
  readonly renewTime: string;
  readonly seconds: number;
  readonly history: string;
}

/** What stands on the Lease of a machine, read with kubectl. */
export async function leaseOf(demo: Demo, name: string): Promise<LeaseText> {
  const columns = [
    "{.spec.holderIdentity}",
    "{.spec.renewTime}",
    "{.spec.leaseDurationSeconds}",
    "{.metadata.annotations.devdeploy\\.dev/history}",
  ];
  const output = `jsonpath=${columns.join("{'\\n'}")}`;
  const text = await kubectl(demo, LOCK_NAMESPACE, ["get", "lease", name, "--output", output]);
  const [holder = "", renewTime = "", seconds = "", history = ""] = text.split("\n");
  return { holder, renewTime, seconds: Number(seconds), history };
}

/** Moves the end of a lock, as if it had been taken at another time: the clock need not be waited for. */
export async function letEndIn(demo: Demo, machine: string, left: DurationMs): Promise<void> {
  const { seconds } = await leaseOf(demo, machine);
  const renewTime = microTime(Date.now() + left - seconds * SECOND_MS);
  await patchLease(demo, machine, { spec: { renewTime } });
}

/**
 * Locks a machine to a person of the team, whatever stood there, as their devdeploy some hours ago would have. In the
 * demo dev1 runs task/my-special-task, dev2 task/profile and dev3 task/search-index; with another branch the row says
 * that it runs something else.
 */
export async function lockTo(
  demo: Demo,
  machine: string,
  { by, branch, left }: { readonly by: Teammate; readonly branch: string; readonly left: DurationMs },
): Promise<void> {
  const { stdout: tip } = await run("git", ["-C", demo.people.ben.folder, "rev-parse", `origin/${branch}`]);
  const [name, commit] = [parseBranchName(branch), parseCommitHash(tip.trim())];
  assert.ok(name.ok && commit.ok);
  const lasts = 12 * 3600 * SECOND_MS;
  const record = claimed(
    { kind: "free", transitions: 1, history: [] },
    { by, branch: name.value, commit: commit.value, nonce: `${machine} by ${by.user}` },
    Date.now() + left - lasts,
    lasts,
  );
  const { labels, annotations, spec } = lockLeaseChange(record, "dev");
  const absent = Object.entries(annotations).map(([key, value]) => [key, value ?? null] as const);
  await patchLease(demo, machine, { metadata: { labels, annotations: Object.fromEntries(absent) }, spec });
}

async function patchLease(demo: Demo, name: string, patch: object): Promise<void> {
  const args = ["patch", "lease", name, "--type=merge", `--patch=${JSON.stringify(patch)}`];
  await kubectl(demo, LOCK_NAMESPACE, args);
}
