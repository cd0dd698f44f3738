import { parseAllDocuments, type Document } from "yaml";
import { workloadName, type ContainerImage } from "../../domain/release.ts";

/** Where each kind keeps the template of its pods. */
const POD_SPEC: Readonly<Record<string, readonly string[]>> = {
  Deployment: ["spec", "template", "spec"],
  StatefulSet: ["spec", "template", "spec"],
  DaemonSet: ["spec", "template", "spec"],
  ReplicaSet: ["spec", "template", "spec"],
  Job: ["spec", "template", "spec"],
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
  Pod: ["spec"],
};

/** Every image that a manifest's containers name, init containers included, in the order of the manifest. */
export function manifestImages(manifest: string): readonly ContainerImage[] {
  return parseAllDocuments(manifest, { logLevel: "silent" }).flatMap((document) => {
    // A document that YAML cannot read names no image; helm itself would not have applied it.
    return document.errors.length > 0 ? [] : objectImages(asObject(document));
  });
}

/** Too many aliases are thrown at us, as the only guard against a document that grows without end. */
function asObject(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

function objectImages(object: unknown): readonly ContainerImage[] {
  const kind = at(object, ["kind"]);
  if (typeof kind !== "string") return [];
  if (kind === "List") {
    const items = at(object, ["items"]);
    return Array.isArray(items) ? items.flatMap(objectImages) : [];
  }
  const path = POD_SPEC[kind];
  const name = at(object, ["metadata", "name"]);
  if (path === undefined || typeof name !== "string") return [];
  const spec = at(object, path);
  return ["initContainers", "containers"].flatMap((list) => {
    const containers = at(spec, [list]);
    return Array.isArray(containers)
      ? containers.flatMap((container) => containerImage(container, workloadName(kind, name)))
      : [];
  });
}

function containerImage(container: unknown, workload: string): readonly ContainerImage[] {
  const name = at(container, ["name"]);
  const image = at(container, ["image"]);
  return typeof name === "string" && typeof image === "string" ? [{ workload, container: name, image }] : [];
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (isRecord(found) && Object.hasOwn(found, key) ? found[key] : undefined),
    value,
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
