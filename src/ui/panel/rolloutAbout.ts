import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
import { rolloutPlaces } from "../../app/rolloutSubjects.ts";
import type { TeamConfig } from "../../domain/config.ts";
import type { PanelMemory } from "../../protocol/panel.ts";
import { workloadWords } from "../messages/rolloutHistory.ts";

/** What a panel is about: a release of a folder, or a workload where it names one. */
export type PanelAbout = Pick<PanelMemory, "folder" | "subject" | "target" | "workload">;

/** How the panel of a workload's rollouts is asked for. */
export function aboutWorkload(
  folder: string,
  workload: WorkloadAddress,
): PanelAbout & { readonly workload: WorkloadAddress } {
  const name = workloadWords(workload);
  return { folder, subject: name, target: name, workload };
}

/** Whether a workload lies where something of devdeploy.json is deployed: only such namespaces are read. */
export const isPlaceOf = (
  team: TeamConfig,
  workload: Pick<WorkloadAddress, "context" | "namespace">,
): boolean =>
  rolloutPlaces(team).some(
    ({ context, namespace }) => context === workload.context && namespace === workload.namespace,
  );
