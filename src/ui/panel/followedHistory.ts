import type { HistorySnapshot } from "../../app/historySnapshot.ts";
import type { RollbackSubject } from "../../app/rollbackOutcome.ts";
import { rollbackSubject } from "../../app/rollbackSubjects.ts";
import type { PanelMemory } from "../../protocol/panel.ts";
import type { LiveHistory } from "../model/rollbackConnection.ts";
import { Followed, type AttachedTo, type AttachServices } from "./followed.ts";

export type { NoHistory } from "./followed.ts";

/** A release's live history with the folder that it belongs to. */
export type Attached = AttachedTo<RollbackSubject, LiveHistory>;

/** Finds the release that a panel is about and follows it. */
export class FollowedHistory extends Followed<RollbackSubject, HistorySnapshot, LiveHistory> {
  constructor(
    services: AttachServices,
    { folder, subject, target }: Pick<PanelMemory, "folder" | "subject" | "target">,
  ) {
    super(services, {
      folder,
      subjectOf: (team) => rollbackSubject(team, { name: subject, target }),
      open: ({ rollback }, found, defaultBranch) => rollback.history(found, defaultBranch),
      pods: (connection, { release }) => connection.pods({ kind: "release", release }),
    });
  }
}
