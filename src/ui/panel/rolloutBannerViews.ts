import type { RolloutSnapshot, RolloutStatus } from "../../app/rolloutSnapshot.ts";
import type { ActionView, BannerView } from "../../protocol/panel.ts";
import * as banners from "../messages/historyBanners.ts";
import { plain } from "../messages/pieces.ts";
import * as say from "../messages/rolloutBanners.ts";
import { podState } from "../../domain/livePods.ts";
import type { Deeds } from "./deeds.ts";
import { managerCommand, resumeCommand } from "./rolloutCommands.ts";
import type { RolloutModel } from "./rolloutModel.ts";
import { fetchAction } from "./tableView.ts";

/** What stands over everything else, the gravest first. */
export function rolloutBanners(model: RolloutModel, deeds: Deeds): readonly BannerView[] {
  const { snapshot, run } = model;
  const isOurs = run?.kind === "running";
  const all = [
    staleBanner(snapshot),
    absentBanner(snapshot),
    pausedBanner(snapshot, deeds),
    // An undo of ours that is under way is told by its own list.
    isOurs ? undefined : workingBanner(snapshot),
    isOurs ? undefined : statusBanner(model, deeds),
    noHistoryBanner(snapshot),
    managedBanner(model, deeds),
    run?.kind === "ended" ? undefined : holdBanner(model, deeds),
    missingBanner(model, deeds),
  ];
  return all.filter((banner) => banner !== undefined);
}

function staleBanner({ liveness }: RolloutSnapshot): BannerView | undefined {
  if (liveness.kind !== "stale") return undefined;
  return { look: "warning", text: banners.staleBanner(liveness.since, liveness.error), actions: [] };
}

function absentBanner({ isAbsent, liveness, subject }: RolloutSnapshot): BannerView | undefined {
  if (!isAbsent || liveness.kind !== "live") return undefined;
  return { look: "warning", text: say.absentBanner(subject.workload), actions: [] };
}

function pausedBanner({ workload, subject }: RolloutSnapshot, deeds: Deeds): BannerView | undefined {
  if (workload?.isPaused !== true) return undefined;
  const command = resumeCommand(subject.workload);
  return {
    look: "warning",
    text: say.pausedBanner(subject.workload),
    actions: [copyAction(command, deeds)],
  };
}

/** A command that the person runs themselves; the whole of it stands in the tooltip. */
export const copyAction = (command: string, deeds: Deeds): ActionView =>
  deeds.action({ kind: "copy", text: command }, banners.copyAligning(), "secondary", { tooltip: command });

function workingBanner({ operation, liveness }: RolloutSnapshot): BannerView | undefined {
  if (operation?.kind !== "working" || liveness.kind !== "live") return undefined;
  return { look: "info", text: banners.workingBanner(operation.name, operation.what), actions: [] };
}

const LOOKS: Readonly<Record<RolloutStatus["kind"], BannerView["look"]>> = {
  reading: "info",
  complete: "info",
  progressing: "info",
  "not-observed": "warning",
  paused: "warning",
  "deadline-exceeded": "bad",
  "replica-failure": "bad",
  "scaled-to-zero": "info",
  "no-node-matches": "warning",
};

/** How the newest template is getting on, where that is not simply well. */
function statusBanner({ snapshot, now }: RolloutModel, deeds: Deeds): BannerView | undefined {
  const { status, liveness, pods } = snapshot;
  const text = liveness.kind === "live" ? say.statusBanner(status, now) : undefined;
  if (text === undefined) return undefined;
  const isFailing = pods.some((pod) => podState(pod) === "failing");
  const look = status.kind === "progressing" && isFailing ? "warning" : LOOKS[status.kind];
  const mayExplain = look === "bad" || isFailing;
  return { look, text, actions: mayExplain ? [whyAction(snapshot, deeds)] : [] };
}

const whyAction = ({ workload }: RolloutSnapshot, deeds: Deeds): ActionView =>
  deeds.action({ kind: "why", revision: workload?.current?.revision ?? 0 }, banners.why(), "link");

function noHistoryBanner({ workload, subject }: RolloutSnapshot): BannerView | undefined {
  if (workload?.historyLimit !== 0) return undefined;
  return { look: "warning", text: say.noHistoryBanner(subject.workload), actions: [] };
}

function managedBanner({ snapshot, release }: RolloutModel, deeds: Deeds): BannerView | undefined {
  const { workload, subject } = snapshot;
  const by = workload?.manager;
  if (by === undefined) return undefined;
  const action =
    by.kind === "helm" && release !== undefined
      ? deeds.action({ kind: "show-release", ...release }, say.openRelease(plain(by.release)))
      : copyAction(managerCommand(by, subject.workload), deeds);
  return { look: "warning", text: say.managedBanner(by, subject.workload), actions: [action] };
}

function holdBanner({ snapshot, now }: RolloutModel, deeds: Deeds): BannerView | undefined {
  const { hold, subject } = snapshot;
  if (hold === undefined || subject.place === undefined) return undefined;
  return {
    look: "info",
    text: banners.holdBanner(hold, subject.place.name, now),
    actions: [deeds.action({ kind: "lift-hold", nonce: hold.nonce }, banners.liftHold(), "link")],
  };
}

function missingBanner({ snapshot, isFetching }: RolloutModel, deeds: Deeds): BannerView | undefined {
  const { missingCommits, links } = snapshot;
  if (missingCommits.length === 0) return undefined;
  return {
    look: "info",
    text: say.missingBanner(missingCommits.length),
    actions: [fetchAction({ links, isFetching }, deeds)],
  };
}
