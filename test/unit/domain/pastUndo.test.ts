import assert from "node:assert/strict";
import { test } from "node:test";
import { undoFate, type LeftUndo } from "../../../src/domain/pastUndo.ts";
import type { RolloutMark, RolloutReading } from "../../../src/domain/rollouts.ts";
import { restoredAnnotations } from "../../../src/domain/undo.ts";
import { anAppImage, aRollout, aRolloutRevision, aTemplate } from "../../builders/rollouts.ts";

const AT = Date.UTC(2026, 10, 23, 8);
const MARK = { by: "Ann Lee", at: AT, undoneTo: 1, undoneFrom: 2 };
const LEFT: LeftUndo = { uid: "d1", to: { uid: "rs1" }, fromUid: "rs2", trace: MARK };

const ONE = aRolloutRevision({ revision: 1 });
const TWO = aRolloutRevision({ revision: 2, template: aTemplate(anAppImage("bad0bad")) });
const FOUR = aRolloutRevision({ revision: 4, template: aTemplate(anAppImage("c0ffee1")) });

/** What a write leaves on the workload. */
const marked = (mark: RolloutMark = MARK): Record<string, string> =>
  restoredAnnotations({ annotations: {} }, ONE, mark);

/** Once the controller has done its part: the target is revision 3, and carries the mark as well. */
const undone = (rollout: Partial<RolloutReading> = {}): RolloutReading =>
  aRollout({ revisions: [{ ...ONE, revision: 3, mark: MARK }, TWO], annotations: marked(), ...rollout });

const fate = (rollout: RolloutReading | undefined, left: Partial<LeftUndo> = {}): string =>
  undoFate(rollout, { ...LEFT, ...left });

test("an undo was written where the workload has its mark and its target's template", () => {
  assert.equal(fate(undone()), "written");
  const beforeTheController = aRollout({
    revisions: [TWO, ONE],
    template: ONE.template,
    annotations: marked(),
  });
  assert.equal(fate(beforeTheController), "written");
  // A newer API server fills in fields that the target's template has not: then the controller's word counts.
  const filledIn = aTemplate(anAppImage(), { imagePullPolicy: "IfNotPresent" });
  assert.equal(fate(undone({ template: filledIn, current: { uid: "rs1", revision: 3 } })), "written");
});

test("the template alone is no sign of it: anybody may have gone back to the same", () => {
  assert.equal(fate(aRollout({ revisions: [{ ...ONE, revision: 3 }, TWO] })), "unclear");
  assert.equal(fate(undone(), { trace: { ...MARK, at: AT - 1 } }), "unclear");
});

test("nothing was written where the workload is as it was before", () => {
  assert.equal(fate(aRollout()), "never-written");
  const { current, ...unnumbered } = aRollout();
  assert.ok(current !== undefined);
  assert.equal(fate(unnumbered), "never-written");
});

test("an older mark of somebody's says nothing about it", () => {
  assert.equal(
    fate(aRollout({ annotations: marked({ ...MARK, by: "Ben Ode", at: AT - 1 }) })),
    "never-written",
  );
});

test("something newer ends it, whether its mark stayed on the workload or on the revision alone", () => {
  const kept = undone({ revisions: [FOUR, { ...ONE, revision: 3, mark: MARK }, TWO] });
  assert.equal(fate(kept), "superseded");
  assert.equal(fate({ ...kept, annotations: {} }), "superseded");
});

test("where a newer undo has written over the mark, nobody can tell", () => {
  const over = marked({ by: "Ben Ode", at: AT + 1, undoneTo: 2 });
  assert.equal(fate(aRollout({ annotations: over })), "unclear");
  assert.equal(fate(aRollout({ revisions: [FOUR, TWO, ONE] })), "unclear");
});

test("a workload that is gone, or was made anew under its name, is another one", () => {
  assert.equal(fate(undefined), "gone");
  assert.equal(fate(undone({ version: { uid: "d2", resourceVersion: "1" } })), "gone");
});
