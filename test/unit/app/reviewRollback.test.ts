import assert from "node:assert/strict";
import { test } from "node:test";
import type { Revision } from "../../../src/domain/release.ts";
import { fail, ok } from "../../../src/domain/result.ts";
import type { RangeCommit } from "../../../src/domain/rollback.ts";
import { MINUTE_MS } from "../../../src/domain/time.ts";
import { aCommit, aHelmDriver } from "../../builders/deploy.ts";
import { aHistory, webImage } from "../../builders/history.ts";
import { anOperation } from "../../builders/lock.ts";
import { aDeployment } from "../../builders/manifest.ts";
import { aSubject } from "../../builders/rollback.ts";
import { OPERATION, ReviewWorld } from "../../fakes/reviewWorld.ts";

const image = (digits: string): string => `shop/web:${aCommit(digits)}`;

/** 7 runs and is bad, 6 is the one before. */
const world = (newest: Partial<Revision> = {}, target: Partial<Revision> = {}): ReviewWorld =>
  new ReviewWorld(
    aHistory(
      {
        revision: 7,
        of: "bad0bad",
        status: "deployed",
        manifest: aDeployment({ image: image("bad0bad") }),
        values: { tag: "bad0bad" },
        ...newest,
      },
      {
        revision: 6,
        of: "4f1c0de",
        manifest: aDeployment({ image: image("4f1c0de") }),
        values: { tag: "4f1c0de" },
        ...target,
      },
      { revision: 5, status: "failed", of: "aaaaaaa" },
    ),
  );

const aRangeCommit = (digits: string, migrations: readonly string[] = []): RangeCommit => ({
  commit: aCommit(digits),
  subject: "Break it",
  author: "Ann Lee",
  committedAt: 0,
  migrations,
});

test("a review says what goes, what changes, what is risky and what will be run", async () => {
  const at = world();
  at.undone.set("4f1c0de..bad0bad", [aRangeCommit("bad0bad", ["m/1.sql"])]);
  at.undone.set("bad0bad..4f1c0de", []);
  const { fromRevision, toRevision, ...review } = await at.reviewed(6);
  assert.deepEqual([fromRevision.revision, toRevision.revision], [7, 6]);
  assert.deepEqual(review, {
    id: "review-1",
    subject: aSubject(),
    from: { revision: 7, status: "deployed", commit: aCommit("bad0bad") },
    to: { revision: 6, status: "superseded", commit: aCommit("4f1c0de") },
    seen: {
      newest: 7,
      status: "deployed",
      version: fromRevision.version,
      target: toRevision.version,
    },
    commits: {
      kind: "known",
      undone: [aRangeCommit("bad0bad", ["m/1.sql"])],
      returning: [],
      isCut: false,
    },
    objects: [
      {
        object: { apiVersion: "apps/v1", kind: "Deployment", name: "web", namespace: "" },
        what: "changed",
        paths: ["spec.template.spec.containers[app].image"],
      },
    ],
    values: [{ path: "tag", before: "bad0bad", after: "4f1c0de", isMasked: false }],
    risks: [
      { kind: "nobody-at-work" },
      { kind: "images", answers: [{ kind: "exists", image: image("4f1c0de") }] },
      { kind: "migrations", commits: 1, files: ["m/1.sql"] },
      { kind: "rights", missing: [] },
    ],
    command: ["/usr/bin/helm", "rollback", "web", "6"],
    needsTypedName: true,
  });
});

test("what came since the panel was drawn is what is reviewed", async () => {
  const at = world();
  at.entries = aHistory(
    { revision: 8, status: "failed", of: "ccccccc" },
    { revision: 7, of: "bad0bad" },
    { revision: 6, of: "4f1c0de" },
  );
  assert.equal((await at.reviewed(6)).seen.newest, 8);
});

test("a target that helm has dropped meanwhile is told as gone", async () => {
  const at = world();
  at.entries = at.entries.slice(0, 1);
  assert.deepEqual(await at.review(6), fail({ reason: "revision-gone", revision: 6 }));
});

test("a release that is gone is told as gone", async () => {
  const at = world();
  at.entries = [];
  assert.deepEqual(await at.review(6), fail({ reason: "release-gone" }));
});

for (const [status, target] of [
  ["failed", { status: "failed" }],
  ["pending-upgrade", { status: "pending-upgrade" }],
  ["uninstalled", { status: "uninstalled" }],
  ["crashed", { status: "unknown", unknownStatus: "crashed" }],
] as const) {
  test(`a revision that is ${status} is no target`, async () => {
    assert.deepEqual(
      await world({}, target).review(6),
      fail({ reason: "not-a-target", revision: 6, status }),
    );
  });
}

test("a command that is pasted finds records in ConfigMaps, too", async () => {
  const command = ["/usr/bin/helm", "rollback", "web", "6"];
  assert.deepEqual(
    [(await world().reviewed(6)).command, (await world({}, { driver: "configmap" }).reviewed(6)).command],
    [command, ["env", "HELM_DRIVER=configmap", ...command]],
  );
});

test("a target that cannot be read is none", async () => {
  const at = world();
  at.unreadable = 6;
  assert.deepEqual(await at.review(6), fail({ reason: "unreadable-record", record: "r", detail: "damaged" }));
});

test("what does not answer does not hold the review, and is told as not asked", async () => {
  const at = world();
  at.silence();
  const review = at.reviewed(6);
  // Two limits one after the other at most: what runs has to be known before commits are looked up.
  await at.clock.advance(10_000);
  const detail = "no answer within 5 s";
  const error = { reason: "timeout", server: "production", afterMs: 5_000 } as const;
  assert.deepEqual((await review).risks, [
    { kind: "no-operation-lease", error },
    { kind: "images", answers: [{ kind: "not-asked", image: image("4f1c0de"), detail }] },
    { kind: "rights", missing: [], notAsked: error },
  ]);
});

test("a registry alone that does not answer costs five seconds", async () => {
  const at = world();
  at.look = () => new Promise(() => undefined);
  const began = at.clock.monotonic();
  const review = at.reviewed(6);
  await at.clock.advance(5_000);
  await review;
  assert.equal(at.clock.monotonic() - began, 5_000);
});

test("who works there is told, by the Lease and by helm's own record", async () => {
  const at = world();
  at.operations.objects.put(OPERATION, anOperation({ name: "Ben", what: "devdeploy x" }));
  assert.deepEqual(await at.risks(6, "at-work"), [{ kind: "at-work", by: "Ben", what: "devdeploy x" }]);

  const pending = world({ status: "pending-upgrade" });
  pending.clock.sleepMachine(-pending.clock.now() + 7 * 60 * MINUTE_MS + MINUTE_MS);
  assert.deepEqual(
    (await pending.reviewed(6)).risks.filter(({ kind }) => kind.endsWith("at-work")),
    [{ kind: "at-work", by: "helm", what: "pending-upgrade" }],
  );
});

test("a Lease that is not there is told", async () => {
  const at = world();
  at.operations.objects.delete(OPERATION);
  assert.deepEqual(await at.risks(6, "no-operation-lease"), [
    {
      kind: "no-operation-lease",
      error: { reason: "not-found", what: "leases devdeploy/production-operation" },
    },
  ]);
});

test("rights are asked for the target's objects, and for those that helm will delete", async () => {
  const service = (name: string, more = ""): string =>
    `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n${more}`;
  const kept = service("kept", "  annotations:\n    helm.sh/resource-policy: keep\n");
  const at = world({
    manifest: [aDeployment({ image: image("bad0bad") }), service("new"), kept].join("\n---\n"),
  });
  let asked: Parameters<typeof at.missingRights>[1] | undefined;
  at.missingRights = (_ref, wish) => {
    asked = wish;
    return Promise.resolve(ok(["delete services"]));
  };
  assert.deepEqual(await at.risks(6, "rights"), [{ kind: "rights", missing: ["delete services"] }]);
  assert.deepEqual(
    [asked?.manifest.includes(image("4f1c0de")), asked?.deletes],
    [true, [{ apiVersion: "v1", kind: "Service", name: "new", namespace: "" }]],
  );
});

test("after a failed upgrade what runs is where one goes from, not what helm calls deployed", async () => {
  const at = world(
    { status: "failed", description: 'Upgrade "web" failed: timed out' },
    { status: "deployed" },
  );
  assert.deepEqual((await at.reviewed(6)).from, {
    revision: 7,
    status: "failed",
    commit: aCommit("bad0bad"),
  });
});

test("drift is looked for at this moment", async () => {
  const at = world();
  at.images = () => Promise.resolve(ok([webImage("other")]));
  assert.deepEqual(await at.risks(6, "drift"), [
    {
      kind: "drift",
      differences: [
        {
          workload: "Deployment/web",
          container: "app",
          recorded: image("bad0bad"),
          live: "shop/web:other",
        },
      ],
    },
  ]);
});

test("commits that the clone has not got, or cannot name, are an answer", async () => {
  assert.deepEqual((await world().reviewed(6)).commits, {
    kind: "unknown",
    why: "not-in-clone",
    detail: `${aCommit("4f1c0de")}..${aCommit("bad0bad")}`,
  });
  const latest = world({}, { images: [webImage("latest")] });
  assert.deepEqual((await latest.reviewed(6)).commits, { kind: "unknown", why: "to-unknown", detail: "" });
  const alone = world();
  alone.hasRepository = false;
  assert.deepEqual((await alone.reviewed(6)).commits, { kind: "unknown", why: "git-failed", detail: "" });
});

test("a range is cut where nobody would read on", async () => {
  const at = world();
  at.undone.set(
    "4f1c0de..bad0bad",
    Array.from({ length: 101 }, () => aRangeCommit("bad0bad")),
  );
  at.undone.set("bad0bad..4f1c0de", []);
  const { commits } = await at.reviewed(6);
  assert.deepEqual(commits.kind === "known" && [commits.undone.length, commits.isCut], [100, true]);
});

test("what helm will drop is told, the target too", async () => {
  const at = world();
  at.subject = aSubject({ driver: aHelmDriver({ historyMax: 2 }) });
  assert.deepEqual(await at.risks(6, "pruned"), [{ kind: "pruned", revisions: [5, 6], target: true }]);
});

test("without helm the review says so instead of a command", async () => {
  const at = world();
  at.hasHelm = false;
  const { command, toolProblem } = await at.reviewed(6);
  assert.deepEqual([command, toolProblem], [undefined, { reason: "helm-absent", tried: [] }]);
});

test("a staging machine asks for no name to be typed", async () => {
  const at = world();
  at.subject = aSubject({ tier: "staging" });
  assert.equal((await at.reviewed(6)).needsTypedName, false);
});
