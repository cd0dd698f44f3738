import { Emitter } from "../../src/app/emitter.ts";
import type { LivePods, PodsSnapshot, PodsSubject } from "../../src/app/livePods.ts";
import type { LivePod } from "../../src/domain/rollouts.ts";
import { readyPods } from "../../src/domain/livePods.ts";
import { anAddress } from "../builders/rollouts.ts";

/** The pods of one Deployment `web`, all of them known. */
export const somePodsOf = (pods: readonly LivePod[], wanted = pods.length): PodsSnapshot => ({
  kind: "known",
  items: [{ workload: anAddress(), kind: "live", pods, ready: readyPods(pods), wanted }],
  more: 0,
});

const keyOf = (subject: PodsSubject): string =>
  subject.kind === "release" ? subject.release.release : subject.workload.name;

/** Live pods as a test tells them, by the name of the release or workload, with a memory of who listens. */
export class FakePods {
  readonly #changes = new Emitter<string>();
  readonly #snapshots = new Map<string, PodsSnapshot>();
  readonly #listening = new Map<string, number>();
  opened = 0;
  disposed = 0;

  tell(name: string, snapshot: PodsSnapshot): void {
    this.#snapshots.set(name, snapshot);
    this.#changes.fire(name);
  }

  /** Those that somebody listens to. */
  get watched(): readonly string[] {
    return [...this.#listening].filter(([, count]) => count > 0).map(([name]) => name);
  }

  open(subject: PodsSubject): LivePods {
    const name = keyOf(subject);
    const snapshots = this.#snapshots;
    this.opened += 1;
    return {
      get current() {
        return snapshots.get(name) ?? { kind: "reading" };
      },
      onChange: (listener) => {
        this.#count(name, 1);
        const listening = this.#changes.event((changed) => {
          if (changed === name) listener();
        });
        let isOver = false;
        return {
          dispose: () => {
            listening.dispose();
            if (!isOver) this.#count(name, -1);
            isOver = true;
          },
        };
      },
      dispose: () => {
        this.disposed += 1;
      },
    };
  }

  #count(name: string, by: number): void {
    this.#listening.set(name, (this.#listening.get(name) ?? 0) + by);
  }
}
