import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCommitHash } from "../../../src/domain/branch.ts";
import type { Json } from "../../../src/domain/release.ts";
import type { RolloutMark } from "../../../src/domain/rollouts.ts";
import {
  MARK_ANNOTATIONS,
  marksByHash,
  readMark,
  restoredAnnotations,
  sameTemplate,
} from "../../../src/domain/undo.ts";

const COMMIT = "4f1c0de".padEnd(40, "0");
const commit = parseCommitHash(COMMIT);
assert.ok(commit.ok);

const MARK: RolloutMark = {
  commit: commit.value,
  branch: "feature/pay",
  by: "Ann",
  at: Date.parse("2026-11-23T10:00:00Z"),
  reason: "checkout fails",
  undoneTo: 2,
  undoneFrom: 5,
};
const WRITTEN = {
  "devdeploy.dev/commit": COMMIT,
  "devdeploy.dev/branch": "feature/pay",
  "devdeploy.dev/by": "Ann",
  "devdeploy.dev/at": "2026-11-23T10:00:00.000Z",
  "devdeploy.dev/reason": "checkout fails",
  "devdeploy.dev/undone-to": "2",
  "devdeploy.dev/undone-from": "5",
  "devdeploy.dev/revision-hash": "6d9f",
};
const CAUSE = "kubernetes.io/change-cause";
const aTarget = { annotations: {}, hash: "6d9f" };

describe("the annotations after an undo", () => {
  test("are those of the workload now, with the target's cause and the mark of this undo", () => {
    const kept = {
      "deployment.kubernetes.io/revision": "5",
      "kubectl.kubernetes.io/last-applied-configuration": "{}",
      "team.example.com/note": "set since",
    };
    const seen = { annotations: { ...kept, [CAUSE]: "bad", "devdeploy.dev/url": "https://x" } };
    const target = {
      hash: "6d9f",
      changeCause: "good",
      annotations: { [CAUSE]: "good", "team.example.com/gone": "taken away since" },
    };
    assert.deepEqual(restoredAnnotations(seen, target, MARK), {
      ...kept,
      "devdeploy.dev/url": "https://x",
      [CAUSE]: "good",
      ...WRITTEN,
    });
  });

  test("have no cause where the target has none", () => {
    const seen = { annotations: { [CAUSE]: "bad" } };
    assert.deepEqual(restoredAnnotations(seen, aTarget, {}), { "devdeploy.dev/revision-hash": "6d9f" });
  });

  test("have nothing of an older mark: what the target's object still carries is written empty", () => {
    const seen = { annotations: { "devdeploy.dev/branch": "other", "devdeploy.dev/reason": "old" } };
    const target = {
      hash: "6d9f",
      annotations: { "devdeploy.dev/reason": "older", "devdeploy.dev/by": "Cy" },
    };
    assert.deepEqual(restoredAnnotations(seen, target, { by: "Ben" }), {
      "devdeploy.dev/by": "Ben",
      "devdeploy.dev/reason": "",
      "devdeploy.dev/revision-hash": "6d9f",
    });
  });

  test("hold names and reasons in one line of bounded length", () => {
    const mark = { by: "Ann\u202e\n Lee", reason: "r".repeat(1_000), branch: "b\tc" };
    const written = restoredAnnotations({ annotations: {} }, aTarget, mark);
    assert.deepEqual(
      [written["devdeploy.dev/by"], written["devdeploy.dev/reason"]?.length, written["devdeploy.dev/branch"]],
      ["Ann Lee", 200, "b c"],
    );
  });
});

describe("a mark", () => {
  test("is read as it was written", () => {
    assert.deepEqual(readMark(restoredAnnotations({ annotations: {} }, aTarget, MARK)), MARK);
  });

  test("that says nothing, or nothing that can be read, is none", () => {
    assert.deepEqual(
      [
        readMark({}),
        readMark({ "devdeploy.dev/reason": "", "devdeploy.dev/url": "https://x" }),
        readMark({
          "devdeploy.dev/commit": "main",
          "devdeploy.dev/at": "noon",
          "devdeploy.dev/undone-to": "-1",
        }),
        readMark({ "devdeploy.dev/revision-hash": "6d9f" }),
      ],
      [undefined, undefined, undefined, undefined],
    );
  });

  test("is cleaned when it is read: anybody may have written it", () => {
    assert.deepEqual(readMark({ "devdeploy.dev/by": "Ann\u202e\nBen", "devdeploy.dev/undone-to": "007" }), {
      by: "Ann Ben",
    });
  });

  test("without a hash is of the revision that it stands on", () => {
    const marks = marksByHash([{ hash: "a", annotations: { "devdeploy.dev/by": "Ann" } }]);
    assert.deepEqual([...marks], [["a", { by: "Ann" }]]);
  });

  test("with a hash is of that revision, wherever it was copied to", () => {
    const annotations = { "devdeploy.dev/by": "Ann", [MARK_ANNOTATIONS.hash]: "a" };
    const marks = marksByHash([{ annotations }, { hash: "b", annotations }, { hash: "a", annotations: {} }]);
    assert.deepEqual([...marks], [["a", { by: "Ann" }]]);
  });

  test("on the workload without a hash is of no revision", () => {
    assert.deepEqual([...marksByHash([{ annotations: { "devdeploy.dev/by": "Ann" } }])], []);
  });

  test("gives way to a newer one of the same revision", () => {
    const at = (time: string, by: string): object => ({
      "devdeploy.dev/by": by,
      "devdeploy.dev/at": time,
      [MARK_ANNOTATIONS.hash]: "a",
    });
    const [old, young] = [at("2026-11-23T10:00:00Z", "Ann"), at("2026-11-23T11:00:00Z", "Ben")].map(
      (annotations) => ({ annotations: Object.fromEntries(Object.entries(annotations)) }),
    );
    assert.ok(old !== undefined && young !== undefined);
    for (const carriers of [
      [old, young],
      [young, old],
    ]) {
      assert.equal(marksByHash(carriers).get("a")?.by, "Ben");
    }
  });
});

describe("two templates", () => {
  const template = (image: string, labels: object = {}, metadata: object = {}): Json =>
    JSON.parse(
      JSON.stringify({
        metadata: { labels: { app: "web", ...labels }, ...metadata },
        spec: { containers: [{ name: "web", image, args: ["-v", "1"] }] },
      }),
    ) as Json;

  test("are the same without the controller's label, and whether null is written or not", () => {
    const plain = template("web:1");
    assert.deepEqual(
      [
        sameTemplate(plain, template("web:1", { "pod-template-hash": "6d9f" })),
        sameTemplate(
          template("web:1", { "pod-template-hash": "1" }),
          template("web:1", { "pod-template-hash": "2" }),
        ),
        sameTemplate(plain, template("web:1", {}, { creationTimestamp: null })),
        sameTemplate({ metadata: {}, spec: {} }, { spec: {}, metadata: { creationTimestamp: null } }),
      ],
      [true, true, true, true],
    );
  });

  test("differ in anything else, be it the order of a list or an empty object", () => {
    const plain = template("web:1");
    const others: readonly Json[] = [
      template("web:2"),
      template("web:1", { tier: "front" }),
      template("web:1", {}, { annotations: { "kubectl.kubernetes.io/restartedAt": "now" } }),
      { ...(plain as object), spec: { containers: [{ name: "web", image: "web:1", args: ["1", "-v"] }] } },
      { ...(plain as object), spec: { containers: [{ name: "web", image: "web:1", args: ["-v"] }] } },
      { ...(plain as object), extra: {} },
      null,
      [],
    ];
    for (const other of others) {
      assert.deepEqual([sameTemplate(plain, other), sameTemplate(other, plain)], [false, false]);
    }
  });
});
