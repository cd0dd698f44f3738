import type {
  ListedWorkload,
  RolloutStore,
  UndoWrite,
  UndoWriteError,
  WorkloadAddress,
} from "../../app/rolloutPorts.ts";
import type { ClusterError } from "../../domain/cluster.ts";
import { managerOf } from "../../domain/manager.ts";
import { workloadName } from "../../domain/release.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import type { RolloutReading, WorkloadKind } from "../../domain/rollouts.ts";
import { sameTemplate } from "../../domain/undo.ts";
import { isAllowed } from "./accessReview.ts";
import type { ApiCall, KubernetesApi } from "./api.ts";
import { numberAt, objectAt, objectsAt, textAt, textsAt, type JsonObject } from "./json.ts";
import { mapSome } from "./mapSome.ts";
import { selectorOf } from "./newestPods.ts";
import { rightWords, type Right } from "./rights.ts";
import { appsPath, RESOURCES } from "./rolloutsPaths.ts";
import { readRevision, readRollout, type OwnedRevision } from "./rolloutsReading.ts";
import { undoCall, undoError } from "./undo.ts";
import { imagesOf } from "./workloadReading.ts";

/** Objects of a list that are asked for at once, as kubectl does. */
const PAGE = 500;
/** A workload that changes all the while is shown as it was read the last time. */
const MAX_READS = 3;

/** Workloads of `apps/v1` and their revisions. */
export class ApiRolloutStore implements RolloutStore {
  readonly #api: KubernetesApi;

  constructor(api: KubernetesApi) {
    this.#api = api;
  }

  /**
   * The workload first, then its revisions: whatever is newer than the workload is seen among them, and both are read
   * again. What slips through is refused when it is written, by the workload's version.
   */
  async read(
    of: WorkloadAddress,
    signal: AbortSignal,
  ): Promise<Result<RolloutReading | undefined, ClusterError>> {
    for (let reads = 1; ; reads += 1) {
      const workload = await this.#get(of.context, workloadPath(of), {}, signal);
      if (!workload.ok) return workload.error.reason === "not-found" ? ok(undefined) : workload;
      const revisions = await this.#revisions(of, workload.value, signal);
      if (!revisions.ok) return revisions;
      const reading = readRollout(of.kind, workload.value, revisions.value);
      if (reads >= MAX_READS || !isOutrun(workload.value, reading)) return ok(reading);
    }
  }

  async list(
    { context, namespace }: { readonly context: string; readonly namespace: string },
    signal: AbortSignal,
  ): Promise<Result<readonly ListedWorkload[], ClusterError>> {
    const kinds: readonly WorkloadKind[] = ["Deployment", "StatefulSet", "DaemonSet"];
    const answers = await Promise.all(
      kinds.map(async (kind) => {
        const path = appsPath(namespace, RESOURCES[kind].workloads);
        const found = await this.#list(context, path, {}, signal);
        return found.ok ? ok(found.value.map((workload) => listed(context, kind, workload))) : found;
      }),
    );
    const all: ListedWorkload[] = [];
    for (const answer of answers) {
      // Who may read only some of the kinds picks among those.
      if (answer.ok) all.push(...answer.value);
      else if (answer.error.reason !== "forbidden" || answers.every(({ ok: isOk }) => !isOk)) return answer;
    }
    return ok(all.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)));
  }

  /**
   * The effect of `kubectl rollout undo`, for all three kinds, in one request that is refused when the workload is no
   * longer what was seen. Neither tells a StatefulSet's pod that is broken to go, nor sets replicas or the strategy.
   * The answer's revisions are those that were seen: their new numbers the controller gives in its own time.
   */
  async undo(
    of: WorkloadAddress,
    write: UndoWrite,
    signal: AbortSignal,
  ): Promise<Result<RolloutReading, UndoWriteError>> {
    const call = undoCall(workloadPath(of), write);
    if (call === undefined) return fail({ reason: "conflict" });
    const answer = await this.#api.request(of.context, call, signal);
    if (answer.ok) return ok(afterwards(of.kind, objectAt(answer.value.body), write.seen));
    // An admission webhook says 403 as well: who has the right was refused for another reason.
    const isRefusal = answer.error.reason === "forbidden";
    const allowed = isRefusal ? await isAllowed(this.#api, of.context, patchRight(of), signal) : ok(false);
    return fail(undoError(answer.error, allowed.ok && allowed.value));
  }

  async missingRights(
    of: WorkloadAddress,
    signal: AbortSignal,
  ): Promise<Result<readonly string[], ClusterError>> {
    const answers = await mapSome(rightsOf(of), async (right) => {
      const allowed = await isAllowed(this.#api, of.context, right, signal);
      return allowed.ok ? ok(allowed.value ? [] : [rightWords(right, of.namespace)]) : allowed;
    });
    const missing: string[] = [];
    for (const answer of answers) {
      if (!answer.ok) return answer;
      missing.push(...answer.value);
    }
    return ok(missing);
  }

  async #revisions(
    { context, namespace, kind, name }: WorkloadAddress,
    workload: JsonObject,
    signal: AbortSignal,
  ): Promise<Result<readonly OwnedRevision[], ClusterError>> {
    const path = appsPath(namespace, RESOURCES[kind].revisions);
    const found = await this.#list(context, path, { labelSelector: selectorOf(workload) }, signal);
    return found.ok ? ok(found.value.map((object) => readRevision(kind, name, object))) : found;
  }

  /** Page by page. A list that expires meanwhile (410) is an error like any other: it is begun anew by asking again. */
  async #list(
    context: string,
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Result<readonly JsonObject[], ClusterError>> {
    const found: JsonObject[] = [];
    for (let next = ""; ;) {
      const page = { limit: String(PAGE), ...(next === "" ? {} : { continue: next }) };
      const answer = await this.#get(context, path, { ...query, ...page }, signal);
      if (!answer.ok) return answer;
      found.push(...objectsAt(answer.value, "items"));
      next = textAt(answer.value, "metadata", "continue") ?? "";
      if (next === "") return ok(found);
    }
  }

  async #get(
    context: string,
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Result<JsonObject, ClusterError>> {
    const call: ApiCall = { method: "GET", path, query };
    const answer = await this.#api.request(context, call, signal);
    if (answer.ok) return ok(objectAt(answer.value.body));
    return answer.error.reason === "conflict"
      ? fail({ reason: "server-error", status: 409, detail: "" })
      : fail(answer.error);
  }
}

const workloadPath = ({ namespace, kind, name }: WorkloadAddress): string =>
  `${appsPath(namespace, RESOURCES[kind].workloads)}/${encodeURIComponent(name)}`;

/** Whether the controller made or renumbered a revision after the workload was read: it counts on from there. */
function isOutrun(workload: JsonObject, { kind, revisions }: RolloutReading): boolean {
  const newest = revisions[0];
  if (newest === undefined) return false;
  if (kind === "Deployment") {
    const known = textsAt(workload, "metadata", "annotations")["deployment.kubernetes.io/revision"];
    return known !== undefined && newest.revision > Number(known);
  }
  const isObserved =
    numberAt(workload, "status", "observedGeneration") === numberAt(workload, "metadata", "generation");
  const updated = textAt(workload, "status", "updateRevision");
  return isObserved && updated !== undefined && updated !== newest.object.name;
}

/** What was written, beside the revisions as they were seen. */
function afterwards(kind: WorkloadKind, workload: JsonObject, seen: RolloutReading): RolloutReading {
  const { revisions } = seen;
  const written = readRollout(kind, workload, []);
  const target = revisions.find(({ template }) => sameTemplate(template, written.template));
  return {
    ...written,
    revisions,
    ...(target === undefined ? {} : { current: { uid: target.object.uid, revision: target.revision } }),
  };
}

function listed(context: string, kind: WorkloadKind, workload: JsonObject): ListedWorkload {
  const name = textAt(workload, "metadata", "name") ?? "";
  const namespace = textAt(workload, "metadata", "namespace") ?? "";
  const labels = textsAt(workload, "metadata", "labels");
  const manager = managerOf({ namespace, labels, annotations: textsAt(workload, "metadata", "annotations") });
  const images = imagesOf(objectAt(workload, "spec", "template"), workloadName(kind, name));
  return {
    address: { context, namespace, kind, name },
    images: images.map(({ image }) => image),
    ...(manager === undefined ? {} : { manager }),
  };
}

const nameOf = ({ address }: ListedWorkload): string => `${address.name} ${address.kind}`;

const patchRight = ({ namespace, kind, name }: WorkloadAddress): Right & { readonly name: string } => ({
  verb: "patch",
  group: "apps",
  resource: RESOURCES[kind].workloads,
  namespace,
  name,
});

/** What history, undo and proof need. Events and logs only enrich, and are not asked for. */
function rightsOf(of: WorkloadAddress): readonly (Right & { readonly name?: string })[] {
  const { namespace, kind } = of;
  const patch = patchRight(of);
  const revisions = RESOURCES[kind].revisions;
  return [
    { ...patch, verb: "get" },
    patch,
    { verb: "list", group: "apps", resource: revisions, namespace },
    { verb: "list", group: "", resource: "pods", namespace },
  ];
}
