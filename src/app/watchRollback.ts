import type { Revision } from "../domain/release.ts";
import type { ProofItem } from "../domain/rollbackProof.ts";
import type { Log, ReleaseStore } from "./ports.ts";
import { EarlyDiagnosis } from "./earlyDiagnosis.ts";
import { LOOK_EVERY_MS, lookAtRollout, type LookServices } from "./rollbackLooks.ts";
import type { KeptRollback } from "./rollbackPorts.ts";
import type { RollbackProgress } from "./rollbackProgress.ts";
import { Answers, type Unseen } from "./unseenCluster.ts";

export interface WatchRollbackServices extends LookServices {
  readonly releases: ReleaseStore;
  readonly log: Log;
}

/** Waits for helm and tells on the way what the new pods look like; nothing seen there ends it. */
export async function watchRollback<End>(
  services: WatchRollbackServices,
  order: KeptRollback,
  helm: () => Promise<End>,
  progress: RollbackProgress,
): Promise<End> {
  progress.fill([{ kind: "record", state: "running", facts: "" }]);
  progress.tell("rolling-back");
  const over = new AbortController();
  const watching = watchPods(services, order, progress, over.signal);
  try {
    return await helm();
  } finally {
    over.abort();
    await watching;
  }
}

async function watchPods(
  services: WatchRollbackServices,
  order: KeptRollback,
  progress: RollbackProgress,
  signal: AbortSignal,
): Promise<void> {
  const early = new EarlyDiagnosis(services.clock);
  const answers = new Answers(services.clock);
  const tellUnseen = (unseen: Unseen): void => {
    if (!signal.aborted) progress.tellUnseen("rolling-back", unseen);
  };
  let made: Revision | undefined;
  for (;;) {
    await services.clock.sleep(LOOK_EVERY_MS, signal);
    if (signal.aborted) return;
    if (made === undefined) {
      const { release, revision } = order;
      const found = await answers.ask(
        () => services.releases.revision(release, revision, signal),
        tellUnseen,
      );
      if (!found.ok) continue;
      // Until helm has written its record there is nothing to look at.
      made = found.value;
      if (made === undefined) {
        progress.tell("rolling-back");
        continue;
      }
      progress.fill(atWork(made));
    }
    const record = made;
    const look = await answers.ask(() => lookAtRollout(services, order, record, signal), tellUnseen);
    if (!look.ok) continue;
    const what = { release: order.release, revision: made };
    const diagnosis = await early.after(look.value, () => services.diagnose(what, signal));
    const { items, pods, ready, wanted } = look.value;
    progress.fill(items.map(underWay));
    progress.tell("rolling-back", { pods, ready, wanted, ...diagnosis });
  }
}

const atWork = ({ revision, status }: Revision): readonly ProofItem[] => [
  { kind: "record", state: "running", facts: `revision ${revision}` },
  { kind: "status", state: "running", facts: status },
];

/** As long as helm works, what is not as it should be is only not so yet. */
const underWay = (item: ProofItem): ProofItem =>
  item.state === "failed" ? { ...item, state: "running" } : item;
