import { Emitter } from "../../app/emitter.ts";
import type { ListedWorkload, WorkloadAddress } from "../../app/rolloutPorts.ts";
import { rolloutPlaces, type NamespacePlace } from "../../app/rolloutSubjects.ts";
import type { ClusterError } from "../../domain/cluster.ts";
import type { Result } from "../../domain/result.ts";
import * as command from "../messages/command.ts";
import { configNotice } from "../messages/config.ts";
import type { Notice } from "../messages/notice.ts";
import { workloadWords } from "../messages/rolloutHistory.ts";
import { noRolloutPlaces } from "../messages/rolloutNotice.ts";
import * as say from "../messages/rolloutPick.ts";
import type { RolloutConnection } from "../model/rolloutConnection.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { showNotice } from "../notices.ts";
import { aboutWorkload } from "../panel/rolloutAbout.ts";
import { folderOf } from "./choose.ts";
import { perform } from "./deeds.ts";
import { livePick, type Heading, type LiveItem } from "./livePick.ts";
import type { CommandServices } from "./services.ts";

/** Opens the rollouts of the workload that the person picks. It opens, and does nothing else. */
export async function showRollouts(services: CommandServices): Promise<void> {
  if (!services.folders.isTrusted) return tell(services, command.untrusted());
  const folder = await folderOf(services);
  if (folder === undefined) {
    if (services.folders.all.length === 0) void showNotice(command.noFolder());
    return;
  }
  const config = folder.config.current;
  if (config.kind !== "valid") return tell(services, configNotice(config, folder.place.name), folder);
  const places = rolloutPlaces(config.config);
  if (places.length === 0) return tell(services, noRolloutPlaces(), folder);
  const { rollouts } = await folder.wake();
  const workload = await pickWorkload(rollouts, places);
  if (workload !== undefined) services.panels.show(aboutWorkload(folder.place.key, workload));
}

async function tell(services: CommandServices, notice: Notice, folder?: TeamFolder): Promise<void> {
  const button = await showNotice(notice);
  if (button !== undefined) await perform(services, button, folder);
}

/** A namespace with what is in it; without an answer it is still being asked. */
export interface AskedPlace {
  readonly place: NamespacePlace;
  readonly answer?: Result<readonly ListedWorkload[], ClusterError>;
}

/** The list fills as each namespace answers; one that cannot be read says why and keeps none of the others back. */
async function pickWorkload(
  rollouts: Pick<RolloutConnection, "list">,
  places: readonly NamespacePlace[],
): Promise<WorkloadAddress | undefined> {
  const closing = new AbortController();
  const changes = new Emitter<void>();
  let asked: readonly AskedPlace[] = places.map((place) => ({ place }));
  const ask = async (place: NamespacePlace): Promise<void> => {
    const answer = await rollouts.list(place, closing.signal);
    if (closing.signal.aborted) return;
    asked = asked.map((one) => (one.place === place ? { place, answer } : one));
    changes.fire();
  };
  const asking = Promise.all(places.map(ask));
  try {
    const picked = livePick<WorkloadAddress>({
      title: say.rolloutsTitle(),
      placeholder: say.chooseWorkload(),
      onChange: changes.event,
      isBusy: () => asked.some(({ answer }) => answer === undefined),
      items: () => workloadItems(asked),
    });
    // A mistake of ours while asking is not to be lost because the list is still open.
    return await Promise.race([picked, asking.then(() => picked)]);
  } finally {
    closing.abort();
    changes.dispose();
  }
}

/** What the list shows: each namespace with its workloads, or why they could not be listed. */
export const workloadItems = (
  asked: readonly AskedPlace[],
): readonly (LiveItem<WorkloadAddress> | Heading)[] =>
  asked.flatMap(({ place, answer }) => {
    if (answer === undefined) return [];
    const heading = { heading: say.placeHeading(place) };
    const key = JSON.stringify(place);
    if (!answer.ok) {
      return [heading, { key, label: say.listFailed(), detail: say.listFailedDetail(answer.error) }];
    }
    if (answer.value.length === 0) return [heading, { key, label: say.noWorkloads() }];
    return [heading, ...answer.value.map(workloadItem)];
  });

const workloadItem = (listed: ListedWorkload): LiveItem<WorkloadAddress> => ({
  key: JSON.stringify(listed.address),
  label: `$(${ICONS[listed.address.kind]}) ${workloadWords(listed.address)}`,
  description: say.workloadDescription(listed),
  value: listed.address,
});

const ICONS: Readonly<Record<WorkloadAddress["kind"], string>> = {
  Deployment: "layers",
  StatefulSet: "database",
  DaemonSet: "server",
};
