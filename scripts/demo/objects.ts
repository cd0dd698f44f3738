import { parseAllDocuments } from "yaml";
import type { EpochMs } from "../../src/domain/time.ts";

/** An object of the Kubernetes API, whole. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly [field: string]: unknown;
}

export const namespaceObject = (name: string, madeAt: EpochMs): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, creationTimestamp: kubernetesTime(madeAt) },
});

/** Times of the Kubernetes API have whole seconds. */
export const kubernetesTime = (time: EpochMs): string =>
  new Date(time).toISOString().replace(/\.\d+Z$/u, "Z");

/** The objects of a manifest as helm leaves them in a cluster, with the marks by which it knows them again. */
export function liveObjects(
  manifest: string,
  release: string,
  { namespace, madeAt }: { readonly namespace: string; readonly madeAt: EpochMs },
): readonly KubernetesObject[] {
  return parseAllDocuments(manifest).flatMap((document) => {
    const object: unknown = document.toJS();
    if (!isObject(object)) return [];
    const labels = { ...textsOf(object.metadata["labels"]), "app.kubernetes.io/managed-by": "Helm" };
    const annotations = {
      "meta.helm.sh/release-name": release,
      "meta.helm.sh/release-namespace": namespace,
    };
    const metadata = { ...object.metadata, namespace, labels, annotations };
    return [{ ...object, metadata: { ...metadata, creationTimestamp: kubernetesTime(madeAt) } }];
  });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const isObject = (value: unknown): value is KubernetesObject =>
  isRecord(value) && typeof value["kind"] === "string" && isRecord(value["metadata"]);

const textsOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});
