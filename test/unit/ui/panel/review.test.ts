import "../../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RollbackReview } from "../../../../src/app/rollbackOutcome.ts";
import type { RangeCommit, Risk } from "../../../../src/domain/rollback.ts";
import type { NotBegun } from "../../../../src/ui/messages/rollbackAlert.ts";
import { HOUR_MS, MINUTE_MS } from "../../../../src/domain/time.ts";
import { aCommit } from "../../../builders/deploy.ts";
import { aHistory } from "../../../builders/history.ts";
import { aModel, aSnapshot, facts, NOW } from "../../../builders/panel.ts";
import { readSide } from "../../../builders/readPanel.ts";
import { aReview, aSubject } from "../../../builders/rollback.ts";

process.env["TZ"] = "Europe/Berlin";
const { panelView } = await import("../../../../src/ui/panel/view.ts");

const HELM = ["helm", "rollback", "web", "167", "--namespace=buffer", "--kube-context=prod", "--wait"];

const inRange = (start: string, commit: Partial<RangeCommit> = {}): RangeCommit => ({
  ...facts(start),
  migrations: [],
  ...commit,
});

const review = (changed: Partial<RollbackReview> = {}): RollbackReview =>
  aReview({
    subject: aSubject({ name: "web", target: "web" }),
    from: { revision: 168, commit: aCommit("9c1f2ab"), status: "failed" },
    to: { revision: 167, commit: aCommit("51d0c3e"), status: "deployed" },
    command: HELM,
    ...changed,
  });

const side = (changed: Partial<RollbackReview> = {}, alert?: NotBegun): readonly string[] =>
  readSide(
    panelView(
      aModel({
        side: { kind: "review", review: review(changed), ...(alert === undefined ? {} : { alert }) },
      }),
    ).view.side,
  );

test("a review is read from top to bottom: what goes, what changes, what to know, and then the button", () => {
  const object = { apiVersion: "apps/v1", kind: "Deployment", name: "web", namespace: "buffer" };
  assert.deepEqual(
    side({
      commits: {
        kind: "known",
        undone: [
          inRange("9c1f2ab", { subject: "Rework queue retries", author: "Dan Ortiz" }),
          inRange("77e01bd", { subject: "Add retry_count column", migrations: ["db/migrations/7.sql"] }),
        ],
        returning: [],
        isCut: false,
      },
      objects: [{ object, what: "changed", paths: ["spec.template.spec.containers[app].image"] }],
      values: [
        { path: "image.tag", before: "9c1f2ab", after: "51d0c3e", isMasked: false },
        { path: "retry.secret", isMasked: true },
      ],
      risks: [
        { kind: "nobody-at-work" },
        { kind: "images", answers: [{ kind: "exists", image: "shop/web:51d0c3e" }] },
        { kind: "migrations", commits: 1, files: ["db/migrations/7.sql"] },
        { kind: "rights", missing: [] },
        { kind: "hooks", hooks: [{ kind: "Job", name: "web-migrate", events: ["pre-rollback"] }] },
      ],
    }),
    [
      "# *Roll back* 168 `9c1f2ab` → 167 `51d0c3e`",
      "Recommended: the newest earlier revision that was deployed, ran for 1 h and has another commit.",
      "## Undone by this (2 commits)",
      "- `9c1f2ab` Rework queue retries · Dan Ortiz",
      "- `77e01bd` Add retry_count column · Ann Lee <migration>",
      "## Changes",
      "± `Deployment/web`: `spec.template.spec.containers[app].image`",
      "± values: `image.tag`, `retry.secret` ‹masked, changed›",
      "[Open Diff]",
      "## Checks",
      "✓ Nobody else is at work here: the operation Lease is free",
      "✓ Image `shop/web:51d0c3e` exists",
      "! A migration came after this commit (`db/migrations/7.sql`). Can the older code run with the newer schema?",
      "✓ You may do this in `buffer`",
      "## A rollback does not undo",
      "i Data, and what was sent or written elsewhere",
      "i What hooks have done. Those of 167 run again, with its image: `Job/web-migrate` (pre-rollback)",
      "(Type web) [!Roll back to 167] [Review Again]",
      "$ helm rollback web 167 --namespace=buffer --kube-context=prod --wait [Copy]",
    ],
  );
});

const riskLines = (...risks: readonly Risk[]): readonly string[] => {
  const lines = side({ risks });
  const from = lines.indexOf("## Checks");
  return lines.slice(from + 1, lines.indexOf("## A rollback does not undo"));
};

test("each risk has a sentence of its own, and is looked at as gravely as it is", () => {
  const object = { apiVersion: "v1", kind: "Service", name: "web", namespace: "buffer" };
  assert.deepEqual(
    riskLines(
      {
        kind: "images",
        answers: [
          { kind: "missing", image: "a:1" },
          { kind: "denied", image: "b:1" },
        ],
      },
      { kind: "images", answers: [{ kind: "not-asked", image: "c:1", detail: "no network" }] },
      { kind: "same-images", images: ["shop/web:latest"] },
      { kind: "same-images", images: ["shop/web:latest"], podsRestart: true },
      { kind: "immutable", object, path: "spec.clusterIP" },
      { kind: "deleted", objects: [object] },
      { kind: "pruned", revisions: [158, 159], target: false },
      { kind: "pruned", revisions: [167], target: true },
      {
        kind: "drift",
        differences: [{ workload: "Deployment/web", container: "app", recorded: "a:1", live: "b:1" }],
      },
      { kind: "rolled-back-from", revision: 167 },
      { kind: "rights", missing: ["update deployments"] },
      {
        kind: "rights",
        missing: [],
        notAsked: { reason: "forbidden", detail: "get leases/web in devdeploy" },
      },
      { kind: "at-work", by: "Ben Ode", what: "deploying master" },
      {
        kind: "no-operation-lease",
        error: { reason: "not-found", what: "leases devdeploy/web-operation" },
      },
    ),
    [
      "✗ Image `a:1` is not in its registry: its pods could not start. It was probably cleaned up.",
      "i The registry does not let you ask for the image `b:1`. The cluster may be allowed to pull it.",
      "i Whether the image `c:1` exists could not be asked: no network. That does not mean that the cluster cannot pull it.",
      "! The pods' template is the same on both sides (`shop/web:latest`): nothing will restart, and what runs stays.",
      "! The image is the same on both sides (`shop/web:latest`): the pods restart, and run what that tag stands for now.",
      "✗ Kubernetes does not let `spec.clusterIP` of `Service/web` change: helm will fail there. The object has to be made anew.",
      "! These are not in 167, so helm deletes them: `Service/web`",
      "i After this helm drops 158, 159, which are then gone.",
      "! After this helm drops 167, the target among them: one could not come back to it a second time.",
      "! Somebody changed what runs past helm: `Deployment/web` runs `b:1` and not `a:1`",
      "! 167 was rolled back from before. Is what was wrong with it mended elsewhere?",
      "✗ You may not do this in `buffer`: `update deployments`. Ask an admin for it.",
      "i Whether you may do this could not be asked. You are not allowed to: get leases/web in devdeploy. Ask an admin for this permission.",
      "! Ben Ode is at work here: deploying master. Wait until that is done.",
      "! Whether anybody is at work here could not be asked. There is no Lease web-operation in the namespace devdeploy. Ask an admin to create it (Devdeploy's README, “Use it with your team”, has the YAML for it and for the permissions), then try again. It can be done without the operation Lease, confirmed by typing.",
    ],
  );
});

test("going forward says so, and unknown commits are not made up", () => {
  const forward = side({
    commits: { kind: "known", undone: [], returning: [inRange("9c1f2ab")], isCut: false },
  });
  const unknown = side({ commits: { kind: "unknown", why: "from-unknown", detail: "" } });
  const same = side({ commits: { kind: "same" } });
  assert.deepEqual(
    [forward[0], forward[2], forward.find((line) => line.includes("[!")), unknown[3], same[3]],
    [
      "# *Roll forward* 168 `9c1f2ab` → 167 `51d0c3e`",
      "## Coming back (1 commit)",
      "(Type web) [!Roll forward to 167] [Review Again]",
      "- Which commits this undoes is not known: the commit of 168 is not sure.",
      "- Both are of the same commit: only values or the chart differ.",
    ],
  );
});

test("staging asks for no name, and without helm or while helm works the button cannot be pressed", () => {
  const button = (model: Parameters<typeof aModel>[0], changed: Partial<RollbackReview> = {}): unknown => {
    const { confirm } = panelView(aModel({ ...model, side: { kind: "review", review: review(changed) } }))
      .view.side;
    return [confirm?.typing?.expected, confirm?.button.isDisabled, confirm?.button.tooltip];
  };
  const pending = aSnapshot({ entries: aHistory({ revision: 169, status: "pending-upgrade" }) });
  const stuck = {
    revision: 169,
    status: "pending-upgrade",
    since: NOW - HOUR_MS,
    age: HOUR_MS,
    freeAt: NOW - MINUTE_MS,
  } as const;
  assert.deepEqual(
    [
      button({}, { needsTypedName: false }),
      button({ snapshot: pending }),
      button({ snapshot: { ...pending, stuck } }),
      panelView(
        aModel({
          side: {
            kind: "review",
            review: aReview({ toolProblem: { reason: "helm-absent", tried: ["/usr/bin"] } }),
          },
        }),
      ).view.side.confirm?.button.isDisabled,
    ],
    [
      [undefined, undefined, undefined],
      ["web", true, "helm is at work on this release."],
      ["web", undefined, undefined],
      true,
    ],
  );
});

test("why a confirmed rollback was not begun stands over the review, and that nothing was changed", () => {
  const said = (alert: NotBegun): string | undefined => side({}, alert)[1];
  assert.deepEqual(
    [
      said({ kind: "stale", why: "newer", newest: 169 }),
      said({ kind: "stale", why: "target-gone" }),
      said({
        kind: "busy",
        busy: { kind: "operation", by: "Ben Ode", what: "deploying master", isMine: false },
      }),
      said({ kind: "wrong-name" }),
      said({ kind: "cancelled" }),
    ],
    [
      "warning: Somebody deployed since this was reviewed: 169 is the newest now. Nothing was changed here; this is a fresh review.",
      "warning: The revision is gone, since helm keeps only so many. Nothing was changed; choose another one.",
      "warning: Nothing was changed: Ben Ode is at work here (deploying master). Wait until that is done.",
      "warning: Nothing was changed: what was typed is not web.",
      "info: Stopped before helm began. Nothing was changed.",
    ],
  );
});

test("without the operation Lease the name is typed once more, for a confirmation of its own", () => {
  const alert: NotBegun = { kind: "no-lease", error: { reason: "forbidden", detail: "update leases" } };
  const { confirm } = panelView(
    aModel({ side: { kind: "review", review: review({ needsTypedName: false }), alert } }),
  ).view.side;
  assert.deepEqual(
    [confirm?.review, confirm?.typing?.label],
    ["review-1/without-lease", "Type the release's name, web, to roll back without the operation Lease"],
  );
});
