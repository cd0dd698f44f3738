import assert from "node:assert/strict";
import { after, test } from "node:test";
import { repositoryAt } from "../../../src/adapters/git/repository.ts";
import { BranchFates } from "../../../src/app/branchFates.ts";
import type { Repository } from "../../../src/app/ports.ts";
import { parseCommitHash, type BranchName, type CommitHash } from "../../../src/domain/branch.ts";
import type { DeployedBranch } from "../../../src/domain/flags.ts";
import { fail, ok } from "../../../src/domain/result.ts";
import { MINUTE_MS } from "../../../src/domain/time.ts";
import { aBranch, aCommit } from "../../builders/deploy.ts";
import { aRemote, aRepository } from "../../builders/gitRepository.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { FakeLog } from "../../fakes/log.ts";
import { until } from "../../builders/waiting.ts";

const master = aBranch("master");
const x: DeployedBranch = { branch: aBranch("task/x"), commit: aCommit("1") };
const y: DeployedBranch = { branch: aBranch("task/y"), commit: aCommit("2") };

/** A remote that answers what a test says, and counts how often it is asked. */
function aWorld() {
  const clock = new ManualClock();
  const world = {
    clock,
    asked: 0,
    remote: new Map<BranchName, CommitHash>([
      [master, aCommit("9")],
      [x.branch, x.commit],
      [y.branch, y.commit],
    ]),
    isReachable: true,
    merged: new Set<CommitHash>(),
    isHeadFetched: true,
    changes: 0,
  };
  const repository: Pick<Repository, "remoteBranches" | "isAncestor" | "aheadBehind"> = {
    remoteBranches: () => {
      world.asked += 1;
      return Promise.resolve(
        world.isReachable
          ? ok(new Map(world.remote))
          : fail({ reason: "remote-unreachable", remote: "origin", detail: "" } as const),
      );
    },
    isAncestor: (commit) => Promise.resolve(world.isHeadFetched ? world.merged.has(commit) : undefined),
    aheadBehind: (commit) =>
      Promise.resolve(world.merged.has(commit) ? { ahead: 0, behind: 3 } : { ahead: 1, behind: 0 }),
  };
  const fates = new BranchFates({
    clock,
    log: new FakeLog(),
    repository: () => Promise.resolve(ok(repository as Repository)),
  });
  fates.onChange(() => {
    world.changes += 1;
  });
  const settled = (): Promise<void> => clock.advance(0);
  return Object.assign(world, { fates, settled });
}

test("nothing is asked while nobody looks, and once for all branches when somebody does", async () => {
  const world = aWorld();
  world.fates.follow([x, y], master);
  await world.clock.advance(60 * MINUTE_MS);
  assert.equal(world.asked, 0);
  world.fates.see(true);
  await world.settled();
  assert.deepEqual([world.asked, world.fates.fateOf(x), world.fates.fateOf(y)], [1, "alive", "alive"]);
});

test("without a held machine nothing is asked", async () => {
  const world = aWorld();
  world.fates.see(true);
  world.fates.follow([], master);
  world.fates.refresh();
  await world.clock.advance(60 * MINUTE_MS);
  assert.equal(world.asked, 0);
});

test("merged is what the default branch contains, deleted what the remote has not; merged says more", async () => {
  const world = aWorld();
  world.remote.delete(x.branch);
  world.remote.delete(y.branch);
  world.merged.add(x.commit);
  world.fates.see(true);
  world.fates.follow([x, y], master);
  await world.settled();
  assert.deepEqual([world.fates.fateOf(x), world.fates.fateOf(y)], ["merged", "deleted"]);
});

test("a head that is not fetched yet is no obstacle: what an earlier one contains is merged", async () => {
  const world = aWorld();
  world.isHeadFetched = false;
  world.merged.add(x.commit);
  world.fates.see(true);
  world.fates.follow([x, y], master);
  await world.settled();
  assert.deepEqual([world.fates.fateOf(x), world.fates.fateOf(y)], ["merged", "alive"]);
});

test("the default branch itself is never merged, and a remote without it says nothing about any", async () => {
  const world = aWorld();
  const onMaster = { branch: master, commit: aCommit("9") };
  world.merged.add(onMaster.commit);
  world.fates.see(true);
  world.fates.follow([onMaster], master);
  await world.settled();
  assert.equal(world.fates.fateOf(onMaster), undefined);
  world.remote.clear();
  world.fates.follow([x], master);
  await world.settled();
  assert.equal(world.fates.fateOf(x), undefined);
});

test("asked again for another branch, on refresh, and every ten minutes; not for the same locks", async () => {
  const world = aWorld();
  const asked = async (act: () => void): Promise<number> => {
    const before = world.asked;
    act();
    await world.settled();
    return world.asked - before;
  };
  world.fates.see(true);
  const counts = [
    await asked(() => {
      world.fates.follow([x], master);
    }),
    await asked(() => {
      world.fates.follow([x], master);
    }),
    await asked(() => {
      world.fates.follow([x, y], master);
    }),
    await asked(() => {
      world.fates.follow([y], master);
    }),
    await asked(() => {
      world.fates.refresh();
    }),
  ];
  assert.deepEqual(counts, [1, 0, 1, 0, 1]);
  const before = world.asked;
  await world.clock.advance(30 * MINUTE_MS);
  assert.equal(world.asked - before, 3);
});

test("out of sight it waits, and asks when seen again only if it is due", async () => {
  const world = aWorld();
  world.fates.see(true);
  world.fates.follow([x], master);
  await world.settled();
  world.fates.see(false);
  world.fates.see(true);
  await world.settled();
  assert.equal(world.asked, 1);
  world.fates.see(false);
  await world.clock.advance(60 * MINUTE_MS);
  assert.equal(world.asked, 1);
  world.fates.see(true);
  await world.settled();
  assert.equal(world.asked, 2);
});

test("an unreachable remote is asked no more often, and only what was merged stays known", async () => {
  const world = aWorld();
  world.merged.add(x.commit);
  world.remote.delete(y.branch);
  world.fates.see(true);
  world.fates.follow([x, y], master);
  await world.settled();
  world.isReachable = false;
  await world.clock.advance(10 * MINUTE_MS);
  assert.deepEqual([world.asked, world.fates.fateOf(x), world.fates.fateOf(y)], [2, "merged", undefined]);
  world.fates.follow([x, y], master);
  await world.settled();
  assert.equal(world.asked, 2);
});

test("it fires when a fate changes, and only then; disposed it leaves nothing behind", async () => {
  const world = aWorld();
  world.fates.see(true);
  world.fates.follow([x], master);
  await world.settled();
  world.fates.refresh();
  await world.settled();
  assert.equal(world.changes, 1);
  world.remote.delete(x.branch);
  world.fates.refresh();
  await world.settled();
  assert.equal(world.changes, 2);
  world.fates.dispose();
  assert.equal(world.clock.nextTimer, undefined);
});

test("with real git: merged by a merge that was not fetched, deleted, alive, and a commit that nobody has here", async () => {
  const made: { remove(): void }[] = [];
  after(() => {
    for (const each of made) each.remove();
  });
  const local = aRepository();
  const remote = aRemote(local);
  made.push(local, remote);
  const branch = (name: string): DeployedBranch => {
    local.git("checkout", "--quiet", "-b", name, "master");
    local.write(name.replaceAll("/", "-"), name);
    const commit = parseCommitHash(local.commit(name));
    assert.ok(commit.ok);
    return { branch: aBranch(name), commit: commit.value };
  };
  local.write("a", "a");
  local.commit("first");
  const all = [branch("task/merged"), branch("task/gone"), branch("task/alive")];
  local.git("checkout", "--quiet", "master");
  local.git("merge", "--quiet", "--no-ff", "--message", "merge", "task/merged");
  local.git("push", "--quiet", "origin", "master", "task/merged", "task/alive");
  const stranger = { branch: aBranch("task/strange"), commit: aCommit("abc") };
  const fates = new BranchFates({
    clock: new ManualClock(),
    log: new FakeLog(),
    repository: () => Promise.resolve(ok(repositoryAt(local.root))),
  });
  made.push({
    remove: () => {
      fates.dispose();
    },
  });
  fates.see(true);
  fates.follow([...all, stranger], master);
  await until("an answer of git", () => fates.fateOf(stranger));
  assert.deepEqual(
    [...all, stranger].map((one) => fates.fateOf(one)),
    ["merged", "deleted", "alive", "deleted"],
  );
});
