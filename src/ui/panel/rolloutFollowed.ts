import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
import type { RolloutSnapshot } from "../../app/rolloutSnapshot.ts";
import { rolloutSubjectOf } from "../../app/rolloutSubjects.ts";
import type { RolloutSubject } from "../../app/undoOutcome.ts";
import type { LiveRollouts } from "../model/rolloutConnection.ts";
import { Followed, type AttachedTo, type AttachServices } from "./followed.ts";
import { isPlaceOf } from "./rolloutAbout.ts";

/** A workload's live rollouts with the folder that they belong to. */
export type AttachedRollouts = AttachedTo<RolloutSubject, LiveRollouts>;

/** What the panel of a workload is about. */
export interface RolloutAbout {
  readonly folder: string;
  readonly workload: WorkloadAddress;
}

/**
 * Finds the workload that a panel is about and follows it. Only namespaces that devdeploy.json names are read, whoever
 * asks for another: a link, or what was kept of a panel.
 */
export class RolloutFollowed extends Followed<RolloutSubject, RolloutSnapshot, LiveRollouts> {
  constructor(services: AttachServices, { folder, workload }: RolloutAbout) {
    super(services, {
      folder,
      subjectOf: (team) => (isPlaceOf(team, workload) ? rolloutSubjectOf(team, workload) : undefined),
      open: ({ rollouts }, subject, defaultBranch) => rollouts.history(subject, defaultBranch),
    });
  }
}
