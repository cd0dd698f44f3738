import { at, fieldsOf, listAt, textAt } from "../contract/json.ts";
import type { Account } from "./account.ts";
import type { BareKind, BareStage } from "./bareStage.ts";
import { wantedPods, whatIsWrong } from "./workloadWitness.ts";

interface Undone {
  readonly kind: BareKind;
  /** The tag of the template that somebody wants to go back to. */
  readonly to: string;
}

/** Says with kubectl alone what became of an undo of the workload `web`. */
export class UndoWitness {
  readonly #stage: BareStage;
  readonly #undone: Undone;
  readonly #before: string;
  readonly #highest: number;

  private constructor(
    stage: BareStage,
    undone: Undone,
    seen: { readonly workload: unknown; readonly highest: number },
  ) {
    this.#stage = stage;
    this.#undone = undone;
    this.#before = madeByPeople(seen.workload);
    this.#highest = seen.highest;
  }

  /** To be called before anything is undone. */
  static async before(stage: BareStage, undone: Undone): Promise<UndoWitness> {
    const workload = await stage.get(`${undone.kind}/web`);
    const highest = Math.max(...(await revisions(stage, undone.kind)).map(({ number }) => number));
    return new UndoWitness(stage, undone, { workload, highest });
  }

  async account(): Promise<Account> {
    const { kind, to } = this.#undone;
    const workload = await this.#stage.get(`${kind}/web`);
    const all = await revisions(this.#stage, kind);
    const set = tagIn(workload);
    const current = all.find(({ tag }) => tag === set);
    const pods = listAt(await this.#stage.get("pods", "--selector=app=web"), "items").filter(
      (pod) => at(pod, "metadata", "deletionTimestamp") === undefined,
    );
    const ready = [...new Set(pods.filter(isReady).map(tagOfPod))].sort();
    const done =
      set === to &&
      current !== undefined &&
      current.number > this.#highest &&
      at(workload, "metadata", "generation") === at(workload, "status", "observedGeneration") &&
      pods.length === wantedPods(workload) &&
      pods.every((pod) => isReady(pod) && tagOfPod(pod) === to);
    const because = done ? managed(workload) : await this.#whyNot(workload, all);
    return {
      ...{ done, newest: `revision ${current?.number ?? 0}`, runs: set, ready: ready.join(" and ") || "no" },
      ...(because === undefined ? {} : { because }),
    };
  }

  async #whyNot(workload: unknown, all: readonly Numbered[]): Promise<string> {
    const { kind, to } = this.#undone;
    if (at(workload, "spec", "paused") === true) return "paused";
    if (at(workload, "spec", "revisionHistoryLimit") === 0) return "no history is kept";
    const isTouched = madeByPeople(workload) !== this.#before;
    if (!all.some(({ tag }) => tag === to)) return "the target is gone";
    if (tagIn(workload) === to) return isTouched ? whatIsWrong(this.#stage, kind) : "nothing to change";
    return isTouched ? "somebody was faster" : "nobody knows why";
  }
}

/** What changes only where somebody changes it. */
const madeByPeople = (workload: unknown): string =>
  JSON.stringify([
    at(workload, "metadata", "generation"),
    Object.entries(fieldsOf(at(workload, "metadata", "annotations"))).filter(
      ([key]) => !key.startsWith("deployment.kubernetes.io/"),
    ),
  ]);

interface Numbered {
  readonly number: number;
  readonly tag: string;
}

/** As `kubectl rollout history` counts them. */
async function revisions(stage: BareStage, kind: Undone["kind"]): Promise<readonly Numbered[]> {
  const isDeployment = kind === "Deployment";
  const list = isDeployment ? "replicasets" : "controllerrevisions";
  return listAt(await stage.get(list, "--selector=app=web"), "items").map((item) => ({
    number: Number(
      isDeployment
        ? at(item, "metadata", "annotations", "deployment.kubernetes.io/revision")
        : at(item, "revision"),
    ),
    tag: tagIn(isDeployment ? item : at(item, "data")),
  }));
}

const tagIn = (workload: unknown): string =>
  tagOf(textAt(workload, "spec", "template", "spec", "containers", 0, "image"));
const tagOfPod = (pod: unknown): string => tagOf(textAt(pod, "spec", "containers", 0, "image"));
const tagOf = (image: string): string => image.slice(image.lastIndexOf(":") + 1);

function managed(workload: unknown): string | undefined {
  const release = at(workload, "metadata", "annotations", "meta.helm.sh/release-name");
  return typeof release === "string" ? `helm keeps it as ${release}` : undefined;
}

const isReady = (pod: unknown): boolean =>
  listAt(pod, "status", "conditions").some(
    (one) => at(one, "type") === "Ready" && at(one, "status") === "True",
  );
