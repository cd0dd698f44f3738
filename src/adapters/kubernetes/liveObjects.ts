import type { ReleaseRef } from "../../app/ports.ts";
import type { LiveObjects } from "../../app/rollbackPorts.ts";
import type { ClusterError } from "../../domain/cluster.ts";
import type { ContainerImage } from "../../domain/release.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { isAllowed } from "./accessReview.ts";
import type { ApiCall, KubernetesApi } from "./api.ts";
import { mapSome } from "./mapSome.ts";
import { manifestObjects, mayNameWorkload } from "./manifestDocuments.ts";
import { recordRights, resourceRights, rightWords, touchedObjects } from "./rights.ts";
import { textAt, type JsonObject } from "./json.ts";
import { readWorkload } from "./workloadReading.ts";

const PLURALS = { Deployment: "deployments", StatefulSet: "statefulsets", DaemonSet: "daemonsets" } as const;
type Kind = keyof typeof PLURALS;

/** What the cluster holds of a release's objects now, and what one may do with them. */
export class ApiLiveObjects implements LiveObjects {
  readonly #api: KubernetesApi;

  constructor(api: KubernetesApi) {
    this.#api = api;
  }

  async images(
    ref: ReleaseRef,
    manifest: string,
    signal: AbortSignal,
  ): Promise<Result<readonly ContainerImage[], ClusterError>> {
    const objects = await manifestObjects(manifest, mayNameWorkload);
    const paths = new Map(objects.flatMap((object) => workloadPath(object, ref.namespace)));
    const answers = await mapSome([...paths], async ([path, kind]) => {
      const answer = await this.#call(ref.context, { method: "GET", path }, signal);
      if (answer.ok) return ok(readWorkload(kind, answer.value, []).images);
      return answer.error.reason === "not-found" ? ok([]) : answer;
    });
    return all(answers);
  }

  async missingRights(
    ref: ReleaseRef,
    wish: Parameters<LiveObjects["missingRights"]>[1],
    signal: AbortSignal,
  ): Promise<Result<readonly string[], ClusterError>> {
    // Whoever may everything in the namespace needs no further questions.
    const everything = { verb: "*", group: "*", resource: "*", namespace: ref.namespace };
    const [first, objects] = await Promise.all([
      isAllowed(this.#api, ref.context, everything, signal),
      manifestObjects(wish.manifest, () => true),
    ]);
    if (!first.ok) return first;
    const touched = touchedObjects(objects, wish.deletes);
    const resources = await resourceRights(touched, ref.namespace, (path) =>
      this.#call(ref.context, { method: "GET", path }, signal),
    );
    const rights = [...recordRights(wish.driver, ref.namespace), ...resources].filter(
      ({ namespace }) => !first.value || namespace !== ref.namespace,
    );
    const answers = await mapSome(rights, async (right) => {
      const allowed = await isAllowed(this.#api, ref.context, right, signal);
      return allowed.ok ? ok(allowed.value ? [] : [rightWords(right, ref.namespace)]) : allowed;
    });
    return all(answers);
  }

  async #call(context: string, call: ApiCall, signal: AbortSignal): Promise<Result<unknown, ClusterError>> {
    const answer = await this.#api.request(context, call, signal);
    if (answer.ok) return ok(answer.value.body);
    return answer.error.reason === "conflict"
      ? fail({ reason: "server-error", status: 409, detail: "" })
      : fail(answer.error);
  }
}

/** The first failure, else everything. */
function all<T>(answers: readonly Result<readonly T[], ClusterError>[]): Result<readonly T[], ClusterError> {
  const found: T[] = [];
  for (const answer of answers) {
    if (!answer.ok) return answer;
    found.push(...answer.value);
  }
  return ok(found);
}

const isKind = (kind: string | undefined): kind is Kind => kind !== undefined && Object.hasOwn(PLURALS, kind);

function workloadPath(object: JsonObject, namespace: string): readonly (readonly [string, Kind])[] {
  const kind = textAt(object, "kind");
  const name = textAt(object, "metadata", "name");
  if (!isKind(kind) || name === undefined || textAt(object, "apiVersion") !== "apps/v1") return [];
  const own = textAt(object, "metadata", "namespace") ?? namespace;
  const path = `/apis/apps/v1/namespaces/${encodeURIComponent(own)}/${PLURALS[kind]}/${encodeURIComponent(name)}`;
  return [[path, kind]];
}
