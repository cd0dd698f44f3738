import { gzipSync } from "node:zlib";
import type { ReleaseStatus } from "../../src/domain/release.ts";
import type { EpochMs } from "../../src/domain/time.ts";
import type { RecordedHook } from "./hooks.ts";
import type { KubernetesObject } from "./objects.ts";

/** A chart as helm keeps it in a record: its templates and files are base64 inside the JSON. */
export interface RecordedChart {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly templates: readonly { readonly name: string; readonly data: string }[];
  readonly values: Readonly<Record<string, unknown>>;
}

export interface RevisionRecord {
  readonly release: string;
  readonly namespace: string;
  readonly revision: number;
  readonly status: ReleaseStatus;
  readonly firstDeployedAt: EpochMs;
  readonly deployedAt: EpochMs;
  readonly description: string;
  readonly chart: RecordedChart;
  /** The values that were given, without the chart's own. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly manifest: string;
  readonly hooks: readonly RecordedHook[];
  /** What `helm upgrade --labels` put on the record. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The record as JSON, as helm 3 writes it. */
const payload = (record: RevisionRecord): unknown => ({
  name: record.release,
  info: {
    first_deployed: goTime(record.firstDeployedAt),
    last_deployed: goTime(record.deployedAt),
    deleted: "",
    description: record.description,
    status: record.status,
  },
  chart: { ...record.chart, lock: null, schema: null, files: null },
  config: record.values,
  manifest: record.manifest,
  hooks: record.hooks,
  version: record.revision,
  namespace: record.namespace,
});

/** Go prints nanoseconds; three zero digits more would be cut off. */
const goTime = (time: EpochMs): string => new Date(time).toISOString().replace("Z", "123456Z");

/** helm's encoding: base64 of gzip of JSON, and the Secret's own base64 around it. */
export function encodeRelease(json: unknown): string {
  const packed = gzipSync(JSON.stringify(json), { level: 9 }).toString("base64");
  return Buffer.from(packed).toString("base64");
}

/** The Secret in which helm keeps a revision. */
export function releaseSecret(record: RevisionRecord): KubernetesObject {
  const made = Math.floor(record.deployedAt / 1000);
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "helm.sh/release.v1",
    metadata: {
      name: `sh.helm.release.v1.${record.release}.v${record.revision}`,
      namespace: record.namespace,
      creationTimestamp: new Date(made * 1000).toISOString().replace(".000Z", "Z"),
      labels: {
        ...record.labels,
        name: record.release,
        owner: "helm",
        status: record.status,
        version: String(record.revision),
        createdAt: String(made),
        modifiedAt: String(made + 4),
      },
    },
    data: { release: encodeRelease(payload(record)) },
  };
}
