import type { ReleaseApi } from "../../src/adapters/helm/releaseStore.ts";
import type { ClusterError } from "../../src/domain/cluster.ts";
import { fail, ok } from "../../src/domain/result.ts";

interface Stored {
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
    readonly labels: Readonly<Record<string, string>>;
  };
}

/**
 * Answers as the API does: by name, or selected by labels and without payloads where only metadata is asked for.
 * An object without a kind is a Secret, one without a namespace is in `web`.
 */
export class RecordApi implements ReleaseApi {
  objects: readonly Stored[];
  /** What is answered for a plural instead. */
  readonly refusals = new Map<string, ClusterError>();
  /** `list secrets`, `get secrets/<name>` … as they came. */
  readonly calls: string[] = [];

  constructor(objects: readonly Stored[] = []) {
    this.objects = objects;
  }

  request: ReleaseApi["request"] = (_context, { path, query, accept }) => {
    const [, namespace = "", plural = "", name] =
      /^\/api\/v1\/namespaces\/([^/]+)\/(\w+)(?:\/(.+))?$/u.exec(path) ?? [];
    this.calls.push(name === undefined ? `list ${namespace}/${plural}` : `get ${plural}/${name}`);
    const refusal = this.refusals.get(plural);
    if (refusal !== undefined) return Promise.resolve(fail(refusal));
    const there = this.objects.filter(
      (object) =>
        (object.kind === "ConfigMap" ? "configmaps" : "secrets") === plural &&
        (object.metadata.namespace ?? "web") === namespace,
    );
    if (name !== undefined) {
      const found = there.find(({ metadata }) => metadata.name === decodeURIComponent(name));
      return Promise.resolve(
        found === undefined ? fail({ reason: "not-found", what: plural }) : ok({ body: found }),
      );
    }
    const wanted = (query?.["labelSelector"] ?? "").split(",").map((part) => part.split("="));
    const items = there
      .filter(({ metadata }) => wanted.every(([key = "", value]) => metadata.labels[key] === value))
      .map((object) =>
        accept?.includes("PartialObjectMetadataList") === true ? { metadata: object.metadata } : object,
      );
    return Promise.resolve(ok({ body: { items } }));
  };
}
