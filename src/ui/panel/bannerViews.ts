import type { HistorySnapshot } from "../../app/historySnapshot.ts";
import { byHand } from "../../app/rollbackOrder.ts";
import type { CommitHash } from "../../domain/branch.ts";
import type { HistoryEntry } from "../../domain/history.ts";
import { commandLine } from "../../domain/plainText.ts";
import { mayRecover, type Recovery } from "../../domain/recovery.ts";
import { isPending } from "../../domain/release.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { ActionView, BannerView } from "../../protocol/panel.ts";
import * as say from "../messages/historyBanners.ts";
import { removeIt } from "../messages/removal.ts";
import type { Deeds } from "./deeds.ts";
import type { PanelModel } from "./model.ts";

/** What stands over everything else, the gravest first. */
export function bannerViews({ snapshot, now, run }: PanelModel, deeds: Deeds): readonly BannerView[] {
  const banners = [
    staleBanner(snapshot),
    stuckBanner(snapshot, now, deeds),
    // A rollback of ours that is under way is told by its own list.
    run?.kind === "running" ? undefined : busyBanner(snapshot, now),
    run?.kind === "running" ? undefined : runsBanner(snapshot, deeds),
    run?.kind === "ended" ? undefined : holdBanner(snapshot, now, deeds),
    ...snapshot.warnings.map((warning): BannerView => ({
      look: "warning",
      text: say.warningBanner(warning),
      actions: [],
    })),
  ];
  return banners.filter((banner) => banner !== undefined);
}

function staleBanner({ liveness }: HistorySnapshot): BannerView | undefined {
  if (liveness.kind !== "stale") return undefined;
  return { look: "warning", text: say.staleBanner(liveness.since, liveness.error), actions: [] };
}

function stuckBanner(
  { stuck, operation }: HistorySnapshot,
  now: EpochMs,
  deeds: Deeds,
): BannerView | undefined {
  if (stuck === undefined) return undefined;
  const recovery = mayRecover(stuck, now, operation);
  return {
    look: "bad",
    text: say.stuckBanner(stuck, recovery, now),
    actions: recoveryActions(recovery, deeds),
  };
}

function recoveryActions(recovery: Recovery, deeds: Deeds): readonly ActionView[] {
  switch (recovery.kind) {
    case "rollback":
      return [deeds.action({ kind: "choose", revision: recovery.to }, say.recoverTo(recovery.to))];
    case "uninstall":
      return [deeds.action({ kind: "remove" }, removeIt())];
    case "not-yet":
    case "at-work":
    case "nothing-to-go-back-to":
      return [];
  }
}

/** Whether helm is at work at this release, as far as its record says. */
export function isAtWork({ entries, stuck }: HistorySnapshot, now: EpochMs): boolean {
  const [newest] = entries;
  if (newest === undefined || !isPending(newest.status)) return false;
  return stuck === undefined || now < stuck.freeAt;
}

function busyBanner(snapshot: HistorySnapshot, now: EpochMs): BannerView | undefined {
  const { entries, stuck, liveness, operation } = snapshot;
  const [newest] = entries;
  if (stuck !== undefined || liveness.kind !== "live") return undefined;
  if (operation?.kind === "working") {
    return { look: "info", text: say.workingBanner(operation.name, operation.what), actions: [] };
  }
  if (newest === undefined || !isPending(newest.status)) return undefined;
  const { label, status, deployedAt } = newest;
  return { look: "info", text: say.busyBanner(label.revision, status, deployedAt, now), actions: [] };
}

/** What runs, where that is not simply what helm calls deployed. */
function runsBanner(snapshot: HistorySnapshot, deeds: Deeds): BannerView | undefined {
  const { runs, liveness, entries } = snapshot;
  if (liveness.kind !== "live") return undefined;
  switch (runs.kind) {
    case "reading":
      return undefined;
    case "revision":
      return runs.isDeployed ? undefined : runsAnotherBanner(snapshot, runs.revision, deeds);
    case "drift":
      return driftBanner(snapshot, runs, deeds);
    case "nothing":
      return entries.length === 0 ? undefined : { look: "warning", text: say.nothingRuns(), actions: [] };
    case "unknown":
      return { look: "warning", text: say.runsUnknown(runs.detail), actions: [] };
  }
}

function runsAnotherBanner(
  { entries }: HistorySnapshot,
  revision: number,
  deeds: Deeds,
): BannerView | undefined {
  const entry = entries.find(({ label }) => label.revision === revision);
  // While helm is at work its record says pending, and another banner tells that.
  if (entry === undefined || isPending(entry.status)) return undefined;
  const deployed = entries.find(({ status }) => status === "deployed")?.label.revision;
  return {
    look: "warning",
    text: say.runsAnother({ revision, commit: commitOf(entry), status: entry.status, deployed }),
    actions: [deeds.action({ kind: "why", revision }, say.why(), "link")],
  };
}

function driftBanner(
  { subject, entries }: HistorySnapshot,
  { revision, differences }: HistorySnapshot["runs"] & { readonly kind: "drift" },
  deeds: Deeds,
): BannerView {
  const { release, namespace, context } = subject.release;
  const command = [
    ...["helm", "rollback", release, String(revision)],
    ...[`--namespace=${namespace}`, `--kube-context=${context}`, "--wait"],
    ...[`--timeout=${subject.driver.timeoutMinutes}m`, `--history-max=${subject.driver.historyMax}`],
  ];
  const text = commandLine(byHand(command, entries[0]?.label.driver));
  return {
    look: "warning",
    text: say.driftBanner(revision, differences),
    actions: [deeds.action({ kind: "copy", text }, say.copyAligning(), "secondary", { tooltip: text })],
  };
}

function holdBanner({ hold, subject }: HistorySnapshot, now: EpochMs, deeds: Deeds): BannerView | undefined {
  if (hold === undefined) return undefined;
  return {
    look: "info",
    text: say.holdBanner(hold, subject.name, now),
    actions: [deeds.action({ kind: "lift-hold", nonce: hold.nonce }, say.liftHold(), "link")],
  };
}

/** The commit of a revision, where it is sure. */
export const commitOf = ({ record }: HistoryEntry): CommitHash | undefined =>
  record.kind === "read" && record.match.kind === "exact" ? record.match.commit : undefined;
