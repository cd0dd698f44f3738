import assert from "node:assert/strict";
import { test } from "node:test";
import { keptRollback } from "../../../src/app/rollbackOrder.ts";
import { aHelmDriver } from "../../builders/deploy.ts";
import { aKeptRollback, aReview, aSubject } from "../../builders/rollback.ts";

test("the order that a review comes to is all that is kept of it", () => {
  assert.deepEqual(keptRollback(aReview()), aKeptRollback());
});

test("helm counts on from its newest record, whatever that is", () => {
  const review = aReview();
  assert.equal(keptRollback({ ...review, seen: { ...review.seen, newest: 9 } }).revision, 10);
});

test("the application's container is kept where the team named it", () => {
  const subject = aSubject({ driver: aHelmDriver({ container: "app", historyMax: 3, timeoutMinutes: 7 }) });
  const { container, historyMax, timeoutMinutes } = keptRollback(aReview({ subject }));
  assert.deepEqual([container, historyMax, timeoutMinutes], ["app", 3, 7]);
});

test("where the records are in ConfigMaps, helm is told so", () => {
  const { toRevision, ...review } = aReview();
  assert.equal(
    keptRollback({ ...review, toRevision: { ...toRevision, driver: "configmap" } }).records,
    "configmap",
  );
});
