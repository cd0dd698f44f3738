import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  closed,
  filled,
  judgeRecords,
  judgeRollout,
  olderReady,
  promisedItems,
  type ProofItem,
  type RecordsAfter,
  type RollbackWish,
  unseen,
} from "../../../src/domain/rollbackProof.ts";
import type { Revision } from "../../../src/domain/release.ts";
import { aCommit, aLabel, anImage, aPod, aReading, aRevision } from "../../builders/deploy.ts";

const wish: RollbackWish = { to: 165, revision: 169, commit: aCommit() };
const made = (revision: Partial<Revision> = {}): Revision =>
  aRevision({
    revision: 169,
    description: "Rollback to 165",
    rollbackTo: 165,
    manifest: "the target's",
    ...revision,
  });
const after = (records: Partial<RecordsAfter> = {}): RecordsAfter => ({
  labels: [
    aLabel({ revision: 169 }),
    aLabel({ revision: 168, status: "superseded" }),
    aLabel({ revision: 165, status: "superseded" }),
  ],
  made: made(),
  targetManifest: "the target's",
  ...records,
});

const WELL: readonly ProofItem[] = [
  { kind: "record", state: "ok", facts: "revision 169" },
  { kind: "status", state: "ok", facts: "deployed" },
  { kind: "description", state: "ok", facts: "Rollback to 165" },
  { kind: "no-other-deployed", state: "ok", facts: "" },
  { kind: "manifest", state: "ok", facts: "revision 165" },
];

describe("what helm's records prove of a rollback", () => {
  test("a new revision that is the newest, deployed, of the target, alone, and like it", () => {
    assert.deepEqual(judgeRecords(wish, after()), WELL);
  });

  test("an exit without a new revision proves nothing", () => {
    const labels = [aLabel({ revision: 168 })];
    assert.deepEqual(judgeRecords(wish, after({ labels, made: undefined })), [
      { kind: "record", state: "failed", facts: "revision 168 deployed, wanted: revision 169" },
    ]);
    assert.deepEqual(judgeRecords(wish, after({ labels: [], made: undefined })), [
      { kind: "record", state: "failed", facts: "no record, wanted: revision 169" },
    ]);
  });

  const CASES: readonly (readonly [rule: string, records: Partial<RecordsAfter>, found: ProofItem])[] = [
    [
      "somebody's newer revision is not ours",
      { labels: [aLabel({ revision: 170, status: "pending-upgrade" }), aLabel({ revision: 169 })] },
      { kind: "record", state: "failed", facts: "revision 170 pending-upgrade, wanted: revision 169" },
    ],
    [
      "one that failed is not deployed",
      { made: made({ status: "failed" }) },
      { kind: "status", state: "failed", facts: "failed" },
    ],
    [
      "a status that helm does not have today is none that is well",
      { made: made({ status: "unknown", unknownStatus: "parked" }) },
      { kind: "status", state: "failed", facts: "parked" },
    ],
    [
      "a revision of the same number that somebody else made is not ours",
      { made: aRevision({ revision: 169, description: "Upgrade complete", manifest: "the target's" }) },
      { kind: "description", state: "failed", facts: "Upgrade complete, wanted: 165" },
    ],
    [
      "a rollback to another revision is not ours",
      { made: made({ rollbackTo: 164, description: "Rollback to 164" }) },
      { kind: "description", state: "failed", facts: "Rollback to 164 (164), wanted: 165" },
    ],
    [
      "a description of one's own is well where helm wrote the revision",
      { made: made({ description: "Back to before the sale" }) },
      { kind: "description", state: "ok", facts: "Back to before the sale" },
    ],
    [
      "another deployed record contradicts it",
      { labels: [aLabel({ revision: 169 }), aLabel({ revision: 168 }), aLabel({ revision: 3 })] },
      { kind: "no-other-deployed", state: "failed", facts: "168, 3" },
    ],
    [
      "a manifest that is not the target's is none of it",
      { made: made({ manifest: "another" }) },
      { kind: "manifest", state: "failed", facts: "revision 165" },
    ],
    [
      "a target whose record is gone cannot be compared, and that is told as a fact",
      { targetManifest: undefined },
      { kind: "manifest", state: "fact", facts: "revision 165: no record" },
    ],
  ];
  for (const [rule, records, found] of CASES) {
    test(rule, () => {
      const expected = WELL.map((item) => (item.kind === found.kind ? found : item));
      assert.deepEqual(judgeRecords(wish, after(records)), expected);
    });
  }
});

describe("what the workloads prove of a rollback", () => {
  const images = [anImage()];
  const facts = (items: readonly ProofItem[], kind: ProofItem["kind"]): unknown => {
    const found = items.filter((item) => item.kind === kind);
    return found.map(({ state, facts: said, workload }) => [state, said, workload]);
  };

  test("the images of the new manifest, one of them the target's commit, with pods that are ready", () => {
    const look = judgeRollout([aReading()], images, wish);
    assert.deepEqual(
      [look.kind, look.pods, look.items],
      [
        "ready",
        [],
        [
          { kind: "observed", state: "ok", facts: "generation 1", workload: "Deployment/dev1" },
          {
            kind: "images",
            state: "ok",
            facts: `registry.example.com/app:${aCommit()}`,
            workload: "Deployment/dev1",
          },
          { kind: "pods", state: "ok", facts: "1 of 1 ready", workload: "Deployment/dev1" },
          { kind: "commit", state: "ok", facts: `app: registry.example.com/app:${aCommit()}` },
        ],
      ],
    );
  });

  test("a commit that no image's tag names is told as a fact, never as proven", () => {
    const latest = [anImage({ image: "registry.example.com/app:latest" })];
    const expected = [["fact", "registry.example.com/app:latest", undefined]];
    for (const commit of [undefined, aCommit()]) {
      const unnamed: RollbackWish = { to: 165, revision: 169, ...(commit === undefined ? {} : { commit }) };
      const look = judgeRollout([aReading({ images: latest })], latest, unnamed);
      assert.deepEqual([look.kind, facts(look.items, "commit")], ["ready", expected]);
    }
  });

  test("only the application's container can name it, if the target had that container", () => {
    const both = [anImage({ container: "proxy" }), anImage({ image: "registry.example.com/app:stable" })];
    const look = judgeRollout([aReading({ images: both })], both, { ...wish, container: "app" });
    assert.deepEqual(facts(look.items, "commit"), [["fact", "registry.example.com/app:stable", undefined]]);
    const renamed = judgeRollout([aReading({ images: both })], both, { ...wish, container: "web" });
    assert.deepEqual(facts(renamed.items, "commit"), [
      ["ok", `proxy: registry.example.com/app:${aCommit()}`, undefined],
    ]);
  });

  test("pods that are not ready are named in the cluster's words, and are still waited for", () => {
    const waiting = { container: "app", reason: "ErrImagePull", message: "not found" };
    const pods = [aPod({ ready: false, waiting }), aPod({ name: "dev1-2", ready: false })];
    const look = judgeRollout([aReading({ pods, wanted: 2 })], images, wish);
    assert.deepEqual(
      [look.kind, look.pods, facts(look.items, "pods")],
      [
        "waiting",
        ["dev1-1 (app) ErrImagePull: not found", "dev1-2"],
        [["running", "0 of 2 ready", "Deployment/dev1"]],
      ],
    );
  });

  test("zero replicas run nothing, and an image that is another's is a failure at once", () => {
    assert.equal(judgeRollout([aReading({ wanted: 0, pods: [] })], images, wish).kind, "nothing-runs");
    const drifted = aReading({ images: [anImage({ image: "registry.example.com/app:hotfix" })] });
    const look = judgeRollout([drifted], images, wish);
    assert.deepEqual(
      [look.kind, facts(look.items, "images")],
      [
        "failed",
        [
          [
            "failed",
            `app: registry.example.com/app:hotfix, not registry.example.com/app:${aCommit()}`,
            "Deployment/dev1",
          ],
        ],
      ],
    );
  });

  test("what still serves are ready pods that are not of the newest template", () => {
    const failing = aReading({ pods: [aPod({ ready: false })], readyOfAll: 2 });
    assert.equal(olderReady([failing, aReading({ readyOfAll: 1 }), aReading()], images), 2);
  });

  test("where the workload was never changed, all its ready pods are the old ones", () => {
    const untouched = aReading({
      images: [anImage({ image: "registry.example.com/app:before" })],
      pods: [aPod(), aPod({ name: "dev1-2" })],
      readyOfAll: 2,
    });
    assert.equal(olderReady([untouched], images), 2);
  });
});

describe("the proof sheet", () => {
  test("says no more of what could not be seen again, and keeps the rest", () => {
    const sheet: readonly ProofItem[] = [
      { kind: "reread", state: "ok", facts: "revision 2 deployed" },
      { kind: "status", state: "running", facts: "pending-rollback" },
      { kind: "pods", state: "ok", facts: "2 of 2 ready", workload: "Deployment/web" },
    ];
    assert.deepEqual(unseen(sheet, ["status", "pods"]), [
      { kind: "reread", state: "ok", facts: "revision 2 deployed" },
      { kind: "status", state: "todo", facts: "" },
      { kind: "pods", state: "todo", facts: "", workload: "Deployment/web" },
    ]);
  });

  test("promises everything from the first moment on, once for each workload", () => {
    const images = [anImage(), anImage({ container: "proxy" }), anImage({ workload: "Job/migrate" })];
    assert.deepEqual(
      promisedItems(images).map(({ kind, state, workload }) => [kind, state, workload]),
      [
        ["reread", "todo", undefined],
        ["operation", "todo", undefined],
        ["record", "todo", undefined],
        ["status", "todo", undefined],
        ["description", "todo", undefined],
        ["no-other-deployed", "todo", undefined],
        ["manifest", "todo", undefined],
        ["observed", "todo", "Deployment/dev1"],
        ["images", "todo", "Deployment/dev1"],
        ["pods", "todo", "Deployment/dev1"],
        ["commit", "todo", undefined],
        ["steady", "todo", undefined],
      ],
    );
  });

  test("fills its places, and makes room for what nobody could promise", () => {
    const sheet = promisedItems([]);
    const found: readonly ProofItem[] = [
      { kind: "record", state: "ok", facts: "revision 3" },
      { kind: "pods", state: "running", facts: "0 of 1 ready", workload: "Deployment/web" },
    ];
    assert.deepEqual(
      filled(sheet, found)
        .filter(({ state }) => state !== "todo")
        .concat(filled(sheet, found).slice(-1)),
      [...found, { kind: "steady", state: "todo", facts: "" }],
    );
  });

  test("what still ran when the waiting ended was not reached", () => {
    const sheet: readonly ProofItem[] = [
      { kind: "pods", state: "running", facts: "0 of 1 ready" },
      { kind: "steady", state: "todo", facts: "" },
    ];
    assert.deepEqual(
      closed(sheet).map(({ state }) => state),
      ["failed", "todo"],
    );
  });
});
