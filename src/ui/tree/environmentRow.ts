import type { EnvironmentView, TargetState, TargetView } from "../../app/releaseSummary.ts";
import { shortCommit } from "../../domain/branch.ts";
import type { Tier } from "../../domain/config.ts";
import type { OperationRecord } from "../../domain/operation.ts";
import { holderIdentity } from "../../domain/person.ts";
import { isPending, type ReleaseStatus } from "../../domain/release.ts";
import type { EpochMs } from "../../domain/time.ts";
import { clusterSentence, releaseReadSentence } from "../messages/cluster.ts";
import * as fact from "../messages/facts.ts";
import * as words from "../messages/rows.ts";
import { shown } from "../messages/text.ts";
import { age } from "../messages/time.ts";
import type { Onlooker } from "./machineRow.ts";
import { facts, type Fact, type Row, type RowIcon } from "./row.ts";

/** An environment: `web  9c1f2ab · rollout failed · 2 h · Dan`. */
export function environmentRow(
  view: EnvironmentView,
  operation: OperationRecord | undefined,
  onlooker: Onlooker,
): Row {
  if (view.deprecated !== undefined) return deprecatedRow(view, view.deprecated);
  return {
    label: shown(view.name),
    description: environmentWords(view, operation, onlooker),
    icon: environmentIcon(view.targets, operation),
    tokens: ["environment", view.tier, "details", ...(view.url === undefined ? [] : ["url"])],
    facts: facts(
      fact.operationFact(operation),
      ...(view.targets.length === 1
        ? view.targets.flatMap(targetFacts)
        : view.targets.map((target) =>
            fact.targetFact(target.name, targetWords(target, view.tier, onlooker.now)),
          )),
      fact.urlFact(view.url),
    ),
  };
}

/** One of an environment's several targets: `cron-updates  51d0c3e · 18 h · Ann`. */
export function targetRow(target: TargetView, tier: Tier, onlooker: Onlooker): Row {
  return {
    label: shown(target.name),
    description: targetWords(target, tier, onlooker.now),
    icon: targetIcon(target),
    tokens: ["target", tier, "details"],
    facts: facts(...targetFacts(target)),
  };
}

function deprecatedRow(view: EnvironmentView, deprecated: NonNullable<EnvironmentView["deprecated"]>): Row {
  return {
    label: shown(view.name),
    description: words.deprecatedBecause(deprecated),
    icon: { id: "circle-slash", color: "disabledForeground" },
    tokens: ["environment", "deprecated", "details", ...(deprecated.url === undefined ? [] : ["url"])],
    facts: facts(fact.deprecatedFact(deprecated.reason), fact.documentFact(deprecated.url)),
    isDeprecated: true,
  };
}

function environmentWords(
  { targets, tier }: EnvironmentView,
  operation: OperationRecord | undefined,
  { me, now }: Onlooker,
): string {
  if (operation?.kind === "working") {
    const isMe = me !== undefined && holderIdentity(me) === operation.by;
    return words.working(isMe ? words.you() : operation.name, operation.what);
  }
  const [first] = targets;
  if (first === undefined) return words.notDeployed();
  if (targets.length === 1) return targetWords(first, tier, now);
  const all = new Set(targets.map((target) => summary(target)));
  return words.parts(
    words.targetCount(targets.length),
    all.size === 1 ? targetWords(first, tier, now) : words.targetsDiffer(),
  );
}

/** Targets that are alike are told as one. */
const summary = ({ state, liveness }: TargetView): string =>
  state.kind === "revision"
    ? `${liveness.kind} ${state.commit ?? ""} ${state.status}`
    : JSON.stringify(state);

function targetWords({ state, liveness }: TargetView, tier: Tier, now: EpochMs): string {
  if (liveness.kind === "stale") return words.unknownSince(liveness.since, liveness.error);
  switch (state.kind) {
    case "reading":
      return liveness.kind === "connecting" ? words.connecting() : words.reading();
    case "none":
      return words.notDeployed();
    case "not-recorded":
      return words.noRecord();
    case "unknown":
      return words.unknownSince(
        undefined,
        state.error === undefined || state.error.reason === "unreadable-record" ? undefined : state.error,
      );
    case "revision":
      return revisionWords(state, tier, now);
    case "rollout":
      return rolloutWords(state, tier, now);
  }
}

type RevisionState = TargetState & { readonly kind: "revision" };

function revisionWords(state: RevisionState, tier: Tier, now: EpochMs): string {
  const what = state.commit === undefined ? words.revisionNumber(state.revision) : shortCommit(state.commit);
  // Production only ever runs the default branch, so its name would say nothing there.
  const branch = tier === "production" || state.branch === undefined ? undefined : shown(state.branch);
  const by = state.by === undefined ? undefined : shown(state.by);
  return words.parts(branch, what, words.statusWords(state.status), age(now - state.deployedAt), by);
}

type RolloutState = TargetState & { readonly kind: "rollout" };

function rolloutWords(state: RolloutState, tier: Tier, now: EpochMs): string {
  const { revision, commit } = state;
  const unnamed = revision === undefined ? undefined : words.revisionNumber(revision);
  const branch = tier === "production" || state.branch === undefined ? undefined : shown(state.branch);
  return words.parts(
    branch,
    commit === undefined ? unnamed : shortCommit(commit),
    words.rolloutWords(state.status),
    state.trouble === undefined ? undefined : shown(state.trouble),
    state.since === undefined ? undefined : age(now - state.since),
    state.by === undefined ? undefined : shown(state.by),
  );
}

function environmentIcon(targets: readonly TargetView[], operation: OperationRecord | undefined): RowIcon {
  if (operation?.kind === "working") return { id: "sync~spin", color: "charts.blue" };
  const icons = targets.map(targetIcon);
  return (
    ["question", "error", "warning", "sync~spin"]
      .map((id) => icons.find((icon) => icon.id === id))
      .find((icon) => icon !== undefined) ??
    icons[0] ?? { id: "circle-outline", color: "disabledForeground" }
  );
}

function targetIcon({ state, liveness }: TargetView): RowIcon {
  if (liveness.kind === "stale") return { id: "question", color: "disabledForeground" };
  switch (state.kind) {
    case "reading":
    case "none":
    case "not-recorded":
      return { id: "circle-outline", color: "disabledForeground" };
    case "unknown":
      return { id: "question", color: "disabledForeground" };
    case "revision":
      return statusIcon(state.status);
    case "rollout":
      return state.trouble === undefined
        ? rolloutIcon(state.status)
        : { id: "warning", color: "charts.yellow" };
  }
}

// All pods of a template being ready now is no proof that it is what was wanted, so this gets no green either.
function rolloutIcon(status: RolloutState["status"]): RowIcon {
  switch (status.kind) {
    case "complete":
      return { id: "server-environment" };
    case "deadline-exceeded":
    case "replica-failure":
      return { id: "warning", color: "charts.yellow" };
    case "progressing":
    case "not-observed":
      return { id: "sync~spin", color: "charts.blue" };
    case "paused":
    case "scaled-to-zero":
    case "no-node-matches":
    case "reading":
      return { id: "circle-outline", color: "disabledForeground" };
  }
}

// `deployed` is helm's last success and proves nothing about what runs, so it gets no green.
function statusIcon(status: ReleaseStatus): RowIcon {
  if (isPending(status)) return { id: "sync~spin", color: "charts.blue" };
  switch (status) {
    case "failed":
      return { id: "warning", color: "charts.yellow" };
    case "deployed":
    case "superseded":
      return { id: "server-environment" };
    default:
      return { id: "circle-outline", color: "disabledForeground" };
  }
}

function targetFacts({ state, liveness }: TargetView): readonly (Fact | undefined)[] {
  if (liveness.kind === "stale") {
    return [
      fact.stateFact(words.unknownSince(liveness.since, liveness.error)),
      fact.causeFact(clusterSentence(liveness.error)),
    ];
  }
  switch (state.kind) {
    case "reading":
      return [fact.stateFact(words.reading())];
    case "none":
      return [fact.stateFact(words.notDeployed())];
    case "not-recorded":
      return [fact.stateFact(words.noRecord())];
    case "unknown":
      return [fact.causeFact(state.error === undefined ? undefined : releaseReadSentence(state.error))];
    case "revision":
      return [
        fact.revisionFact(state.revision, state.status),
        fact.branchFact(state.branch),
        fact.commitFact(state.commit),
        fact.byFact(state.by),
        fact.releasedFact(state.deployedAt),
      ];
    case "rollout":
      return [
        fact.rolloutFact(state.revision, words.rolloutWords(state.status)),
        fact.problemFact(state.trouble),
        fact.branchFact(state.branch),
        fact.commitFact(state.commit),
        fact.byFact(state.by),
        fact.releasedFact(state.since),
      ];
  }
}
