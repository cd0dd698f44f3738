import assert from "node:assert/strict";
import { test } from "node:test";
import { lockRef } from "../../../src/domain/lock.ts";
import { operationRef } from "../../../src/domain/operation.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import { fail, ok } from "../../../src/domain/result.ts";
import { HOUR_MS, MINUTE_MS } from "../../../src/domain/time.ts";
import {
  aBranch,
  aCommit,
  aHelmDriver,
  aMachine,
  ann,
  aPool,
  aPod,
  aReading,
  aRevision,
  ben,
} from "../../builders/deploy.ts";
import { anOperation, heldLock } from "../../builders/lock.ts";
import { aPodOf, aWorkload, IMAGE, someFactsOf, waitingFor } from "../../builders/releaseFacts.ts";
import { DeployWorld } from "../../fakes/deployWorld.ts";

const branch = aBranch();
const commit = aCommit();
const [dev1, dev2] = [aMachine("dev1"), aMachine("dev2")];
const serverTime = Date.UTC(2026, 10, 23, 8);
/** The Date header is cut to seconds, so a hold begins with the next one. */
const until = serverTime + 1_000 + 12 * HOUR_MS;
const lock = { kind: "held", machine: "dev1", until } as const;
const none = { kind: "none" } as const;

const holdBy = (world: DeployWorld, machine: typeof dev1, hold: Parameters<typeof heldLock>[0]): void => {
  world.locks.objects.put(lockRef(machine.name, machine.locks), heldLock(hold));
};

test("a branch is claimed for, deployed and proven, and every phase is told", async () => {
  const world = new DeployWorld();
  const outcome = await world.devdeploy();
  assert.deepEqual(
    outcome.kind === "proven" ? { ...outcome, lines: outcome.lines.map(({ kind }) => kind) } : outcome,
    {
      kind: "proven",
      machine: "dev1",
      url: "https://dev1.example.com",
      commit,
      revision: 1,
      lines: ["release", "observed", "images", "pods", "commit", "steady"],
      lock,
    },
  );
  const command = ["/bin/helm", "upgrade", "dev1"];
  assert.deepEqual(world.phases, [
    { kind: "checking" },
    { kind: "claiming", pool: "dev", machine: "dev1" },
    { kind: "deploying", machine: "dev1", command },
    ...Array.from({ length: 15 }, (_, second) => ({
      kind: "steady" as const,
      machine: "dev1",
      secondsLeft: 15 - second,
    })),
  ]);
  const [order] = world.orders;
  const held = order?.operation;
  assert.deepEqual(held?.ref, operationRef("dev1", dev1.target, dev1.locks));
  assert.deepEqual(world.orders, [
    {
      driver: aHelmDriver(),
      release: { context: "staging", namespace: "web", release: "dev1" },
      values: { image: { tag: commit } },
      mark: { commit, branch, by: "Ann Lee" },
      revision: 1,
      repositoryRoot: "/repository",
      subject: "dev1",
      url: "https://dev1.example.com",
      lock: { ref: lockRef("dev1", dev1.locks), by: holderIdentity(ann) },
      operation: held,
    },
  ]);
  assert.deepEqual(world.told, world.orders);
  assert.deepEqual(world.log.lines, ["info /bin/helm upgrade dev1"]);
});

test("the operation Lease is held while helm works, and given back", async () => {
  const world = new DeployWorld();
  const ref = operationRef("dev1", dev1.target, dev1.locks);
  let during: string | undefined;
  world.helm = (order) => {
    during = world.operations.objects.get(ref)?.record.kind;
    return world.deployed(order);
  };
  await world.devdeploy();
  assert.deepEqual([during, world.operations.objects.get(ref)?.record.kind], ["working", "idle"]);
});

test("with nobody left who watches over helm the Lease is not given back: it ends in its own time", async () => {
  const world = new DeployWorld();
  const ref = operationRef("dev1", dev1.target, dev1.locks);
  world.helm = () => fail({ reason: "run-lost", output: "" });
  const outcome = await world.devdeploy();
  assert.ok(outcome.kind === "failed" && outcome.failure.stage === "helm");
  assert.equal(world.operations.objects.get(ref)?.record.kind, "working");
});

test("the new revision follows the newest one, whatever that came to", async () => {
  const world = new DeployWorld();
  world.releases.add("dev1", aRevision({ revision: 9, status: "deployed" }));
  world.releases.add("dev1", aRevision({ revision: 10, status: "failed" }));
  const outcome = await world.devdeploy();
  assert.deepEqual([outcome.kind, world.orders[0]?.revision], ["proven", 11]);
});

test("a machine of one's own is deployed to again, and replacing a branch there is asked about", async () => {
  const world = new DeployWorld();
  holdBy(world, dev2, {
    by: ann,
    branch: aBranch("task/other"),
    commit: aCommit("abc"),
    until: serverTime + HOUR_MS,
  });
  const outcome = await world.devdeploy();
  assert.deepEqual(world.questions, [
    {
      plan: {
        branch,
        commit,
        warnings: [{ kind: "replaces-branch", machine: "dev2", branch: aBranch("task/other") }],
      },
      pool: "dev",
      machine: "dev2",
    },
  ]);
  assert.deepEqual([outcome.kind, outcome.lock], ["proven", { ...lock, machine: "dev2" }]);
});

test("who says no has done nothing", async () => {
  const world = new DeployWorld();
  world.uncommitted = 2;
  world.answer = false;
  assert.deepEqual(await world.devdeploy(), {
    kind: "cancelled",
    truth: { kind: "nothing-done" },
    lock: none,
  });
  assert.equal(world.locks.objects.writes, 0);
});

const refusals: readonly (readonly [rule: string, arrange: (world: DeployWorld) => void, refusal: object])[] =
  [
    [
      "a detached HEAD",
      (world) => {
        world.head = ok({ kind: "detached", commit });
      },
      { reason: "detached-head", commit },
    ],
    [
      "a branch that was never pushed",
      (world) => {
        world.remote = [ok(undefined)];
      },
      { reason: "not-pushed", branch, commit },
    ],
    [
      "commits that were not pushed",
      (world) => {
        world.remote = [ok(aCommit("abc"))];
        world.isAncestor = true;
      },
      { reason: "unpushed-commits", branch, commit, remoteCommit: aCommit("abc") },
    ],
  ];

for (const [rule, arrange, refusal] of refusals) {
  test(`${rule} is refused before anything is locked`, async () => {
    const world = new DeployWorld();
    arrange(world);
    assert.deepEqual(await world.devdeploy(), { kind: "refused", refusal, lock: none });
    assert.equal(world.locks.objects.writes, 0);
  });
}

test("another driver than helm, and a release name that helm would refuse, are refused by name", async () => {
  const slack = aMachine("dev2", {
    target: { name: "dev2", driver: { kind: "slack", channel: "#dev", command: "go" } },
  });
  assert.deepEqual(await new DeployWorld({ pool: aPool([dev1, slack]) }).devdeploy(), {
    kind: "refused",
    refusal: { reason: "driver-not-available", driver: "slack", machine: "dev2" },
    lock: none,
  });
  const odd = aMachine("dev1", { target: { name: "dev1", driver: aHelmDriver({ release: "My_App" }) } });
  assert.deepEqual(await new DeployWorld({ pool: aPool([odd]) }).devdeploy(), {
    kind: "refused",
    refusal: { reason: "bad-release-name", release: "My_App", machine: "dev1" },
    lock: none,
  });
});

test("a remote that moves between plan and helm stops it; the machine stays locked", async () => {
  const world = new DeployWorld();
  world.remote = [ok(commit), ok(aCommit("abc"))];
  assert.deepEqual(await world.devdeploy(), {
    kind: "refused",
    refusal: { reason: "moved-meanwhile", branch, commit, remoteCommit: aCommit("abc") },
    lock,
  });
  assert.deepEqual(world.orders, []);
});

test("a full pool tells who holds what", async () => {
  const world = new DeployWorld({ pool: aPool([dev1]) });
  holdBy(world, dev1, { by: ben, until: serverTime + HOUR_MS });
  const outcome = await world.devdeploy();
  assert.ok(outcome.kind === "pool-full");
  const [first] = outcome.locks;
  assert.ok(first?.state.kind === "held");
  assert.deepEqual([outcome.lock, first.machine, first.state.hold.by], [none, "dev1", ben]);
});

test("a young pending record is busy before anything is locked", async () => {
  const world = new DeployWorld();
  const since = world.clock.now() - MINUTE_MS;
  const mark = { commit, by: "Ben Ode" };
  world.releases.add("dev1", aRevision({ revision: 4, status: "pending-upgrade", deployedAt: since, mark }));
  assert.deepEqual(await world.devdeploy(), {
    kind: "busy",
    machine: "dev1",
    busy: {
      kind: "release",
      revision: 4,
      status: "pending-upgrade",
      by: "Ben Ode",
      since,
      age: MINUTE_MS,
    },
    lock: none,
  });
  assert.equal(world.locks.objects.writes, 0);
});

test("a pending record that is older than helm's timeout and a margin is stuck, and the last good revision is named", async () => {
  const world = new DeployWorld();
  const deployedAt = world.clock.now() - 11 * MINUTE_MS;
  world.releases.add("dev1", aRevision({ revision: 2, status: "superseded" }));
  world.releases.add("dev1", aRevision({ revision: 3, status: "failed" }));
  world.releases.add("dev1", aRevision({ revision: 4, status: "pending-upgrade", deployedAt }));
  assert.deepEqual(await world.devdeploy(), {
    kind: "busy",
    machine: "dev1",
    busy: {
      kind: "stuck",
      revision: 4,
      status: "pending-upgrade",
      since: deployedAt,
      age: 11 * MINUTE_MS,
      release: { context: "staging", namespace: "web", release: "dev1" },
      lastGood: 2,
    },
    lock: none,
  });
  assert.deepEqual(world.orders, []);
});

test("an operation of somebody else, and of oneself in another window, is busy", async () => {
  const world = new DeployWorld();
  const ref = operationRef("dev1", dev1.target, dev1.locks);
  const theirs = { what: "rollback", lasts: 10 * HOUR_MS };
  for (const [person, isMine] of [[ben, false] as const, [ann, true] as const]) {
    const by = holderIdentity(person);
    world.operations.objects.put(ref, anOperation({ by, name: person.name, run: "another", ...theirs }));
    assert.deepEqual(await world.devdeploy(), {
      kind: "busy",
      machine: "dev1",
      busy: { kind: "operation", by: person.name, what: "rollback", isMine },
      lock,
    });
  }
});

const failures: readonly (readonly [rule: string, arrange: (world: DeployWorld) => void, failure: object])[] =
  [
    [
      "no git",
      (world) => {
        world.head = fail({ reason: "git-absent" });
      },
      { stage: "git", error: { reason: "git-absent" } },
    ],
    [
      "a remote that does not answer",
      (world) => {
        world.remote = [fail({ reason: "remote-unreachable", remote: "origin", detail: "down" })];
      },
      { stage: "git", error: { reason: "remote-unreachable", remote: "origin", detail: "down" } },
    ],
    [
      "a person without a mail",
      (world) => {
        world.person = fail({ reason: "no-mail" });
      },
      { stage: "git", error: { reason: "no-mail" } },
    ],
    [
      "a server that does not know the person",
      (world) => {
        world.user = fail({ reason: "unauthorized", context: "staging" });
      },
      { stage: "identity", error: { reason: "unauthorized", context: "staging" } },
    ],
    [
      "locks that nobody may read",
      (world) => {
        const forbidden = { reason: "forbidden", detail: "leases" } as const;
        world.locks.objects.readFaults.push(forbidden, forbidden);
      },
      { stage: "locks", error: { reason: "forbidden", detail: "leases" } },
    ],
    [
      "no helm",
      (world) => {
        world.tool = fail({ reason: "helm-absent", tried: [] });
      },
      { stage: "tool", error: { reason: "helm-absent", tried: [] } },
    ],
  ];

for (const [rule, arrange, failure] of failures) {
  test(`${rule} is told before anything is locked`, async () => {
    const world = new DeployWorld();
    arrange(world);
    assert.deepEqual(await world.devdeploy(), { kind: "failed", failure, lock: none });
    assert.equal(world.locks.objects.writes, 0);
  });
}

test("a record that cannot be read is not taken for none", async () => {
  const world = new DeployWorld();
  const error = {
    reason: "unreadable-record",
    record: "sh.helm.release.v1.dev1.v3",
    detail: "damaged",
  } as const;
  world.releases.error = error;
  assert.deepEqual(await world.devdeploy(), {
    kind: "failed",
    machine: "dev1",
    failure: { stage: "release", error },
    lock: none,
  });
});

test("after a failure helm's record tells what is true, and the pods why", async () => {
  const world = new DeployWorld();
  world.releases.add("dev1", aRevision({ revision: 1 }));
  const waiting = { container: "app", reason: "ErrImagePull", message: "not found" };
  const error = { reason: "helm-failed", exitCode: 1, cause: "waited-too-long", output: "Error" } as const;
  world.helm = async (order) => {
    world.deployed(order);
    const record = { revision: 2, status: "failed", description: "timed out" } as const;
    world.releases.add("dev1", aRevision(record));
    world.workloads = ok([aReading({ pods: [aPod({ ready: false, waiting })] })]);
    world.evidence.known = someFactsOf(aWorkload([aPodOf(waitingFor("ErrImagePull", "not found"))]));
    await world.clock.advance(10_000);
    return fail(error);
  };
  assert.deepEqual(await world.devdeploy(), {
    kind: "failed",
    machine: "dev1",
    failure: {
      stage: "helm",
      error,
      record: { kind: "recorded", revision: 2, status: "failed", description: "timed out" },
      diagnosis: {
        cause: { kind: "image", why: "missing", image: IMAGE, pod: "web-6d9f-x2lqp", container: "app" },
        evidence: [
          { kind: "status", about: "Pod/web-6d9f-x2lqp", text: "app: ErrImagePull: not found" },
          { kind: "helm", about: "", text: "Error" },
        ],
      },
    },
    lock,
  });
  assert.ok(
    world.phases.some((phase) => phase.kind === "deploying" && phase.diagnosis?.cause.kind === "image"),
  );
});

test("helm that wrote no record has changed nothing", async () => {
  const world = new DeployWorld();
  world.releases.add("dev1", aRevision({ revision: 3 }));
  const error = { reason: "helm-failed", exitCode: 1, cause: "bad-chart", output: "Error" } as const;
  world.helm = () => fail(error);
  assert.deepEqual(await world.devdeploy(), {
    kind: "failed",
    machine: "dev1",
    failure: { stage: "helm", error, record: { kind: "unchanged", revision: 3 } },
    lock,
  });
});

test("a cancel while helm works waits for helm and tells what its record says", async () => {
  const world = new DeployWorld();
  world.helm = (order, signal) => {
    world.stop.abort();
    assert.ok(signal.aborted);
    const { revision } = order;
    world.releases.add("dev1", aRevision({ revision, status: "failed", description: "context canceled" }));
    return fail({ reason: "cancelled", output: "Release dev1 has been cancelled." });
  };
  assert.deepEqual(await world.devdeploy(), {
    kind: "cancelled",
    machine: "dev1",
    truth: {
      kind: "helm-stopped",
      output: "Release dev1 has been cancelled.",
      record: { kind: "recorded", revision: 1, status: "failed", description: "context canceled" },
    },
    lock,
  });
});

test("a cancel before the claim has done nothing; after it, the machine is locked", async () => {
  const early = new DeployWorld();
  early.stop.abort();
  assert.deepEqual(await early.devdeploy(), {
    kind: "cancelled",
    truth: { kind: "nothing-done" },
    lock: none,
  });
  assert.equal(early.locks.objects.writes, 0);

  const late = new DeployWorld();
  late.operations.objects.beforeWrite = () => {
    late.stop.abort();
  };
  assert.deepEqual(await late.devdeploy(), {
    kind: "cancelled",
    machine: "dev1",
    truth: { kind: "claimed-only" },
    lock,
  });
  assert.deepEqual(late.orders, []);
});

test("a cancel during the proof leaves what helm did", async () => {
  const world = new DeployWorld();
  world.helm = (order) => {
    const ran = world.deployed(order);
    world.clock.after(3_000, () => {
      world.stop.abort();
    });
    return ran;
  };
  assert.deepEqual(await world.devdeploy(), {
    kind: "cancelled",
    machine: "dev1",
    truth: { kind: "not-awaited", revision: 1 },
    lock,
  });
});

test("another holder that is read in the operation Lease stops helm, and is named", async () => {
  const world = new DeployWorld();
  const ref = operationRef("dev1", dev1.target, dev1.locks);
  world.helm = (_order, signal) =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () => {
        resolve(fail({ reason: "cancelled", output: "stopped" }));
      });
      world.operations.objects.put(ref, anOperation({ name: "Ben Ode", run: "theirs" }));
    });
  assert.deepEqual(await world.devdeploy(), {
    kind: "failed",
    machine: "dev1",
    failure: { stage: "taken-over", by: "Ben Ode", output: "stopped", record: { kind: "unchanged" } },
    lock,
  });
});

test("two who want the last free machine: one gets it, the other is told by whom", async () => {
  const world = new DeployWorld({ pool: aPool([dev1]) });
  world.locks.objects.beforeWrite = (ref) => {
    world.locks.objects.beforeWrite = undefined;
    world.locks.objects.put(ref, heldLock({ by: ben, until: serverTime + HOUR_MS }));
  };
  const outcome = await world.devdeploy();
  assert.ok(outcome.kind === "pool-full" && outcome.locks[0]?.state.kind === "held");
  assert.deepEqual(outcome.locks[0].state.hold.by, ben);
});
