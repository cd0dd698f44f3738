import { gzipSync } from "node:zlib";
import { RecordCache } from "../../src/adapters/helm/recordCache.ts";
import { RecordDecoder } from "../../src/adapters/helm/recordDecoder.ts";
import type { RecordReading } from "../../src/adapters/helm/releaseStore.ts";
import type { RecordDriver } from "../../src/domain/release.ts";
import { ManualClock } from "../fakes/clock.ts";
import { FakeLog } from "../fakes/log.ts";

/** Decodes in this thread, and remembers nothing yet. */
export const aReading = (): RecordReading => ({
  decoder: new RecordDecoder({ script: undefined, clock: new ManualClock(), log: new FakeLog() }),
  cache: new RecordCache(),
});

/** What helm keeps under `release`, as the API gives it: base64 of gzip of JSON, in a Secret in base64 once more. */
export function packed(payload: unknown, driver: RecordDriver = "secret"): string {
  const once = gzipSync(JSON.stringify(payload)).toString("base64");
  return driver === "secret" ? Buffer.from(once).toString("base64") : once;
}

interface RecordOptions {
  readonly release?: string;
  readonly revision?: number;
  readonly status?: string;
  readonly driver?: RecordDriver;
  readonly labels?: Readonly<Record<string, string>>;
  readonly createdAt?: string;
  readonly uid?: string;
  /** Members of the payload beside those that helm always writes. */
  readonly payload?: object;
}

/** An object of the API. */
export interface RecordObject {
  readonly kind: "Secret" | "ConfigMap";
  readonly type?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly creationTimestamp: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly data: { readonly release: string };
}

/** A record of helm in the namespace `web`, as the API gives it. */
export function aRecord(options: RecordOptions = {}): RecordObject {
  const { release = "dev1", revision = 1, status = "deployed", driver = "secret" } = options;
  const payload = {
    name: release,
    version: revision,
    info: { status, description: "Install complete", last_deployed: "2026-11-23T10:00:00Z" },
    chart: { metadata: { name: "app", version: "1.0.0" } },
    manifest: "",
    ...options.payload,
  };
  return {
    kind: driver === "secret" ? "Secret" : "ConfigMap",
    ...(driver === "secret" ? { type: "helm.sh/release.v1" } : {}),
    metadata: {
      name: `sh.helm.release.v1.${release}.v${revision}`,
      namespace: "web",
      uid: options.uid ?? `${driver}-${release}-${revision}`,
      resourceVersion: "7",
      creationTimestamp: options.createdAt ?? "2026-11-23T09:59:00Z",
      labels: { owner: "helm", name: release, version: String(revision), status, ...options.labels },
    },
    data: { release: packed(payload, driver) },
  };
}
