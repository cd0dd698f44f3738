import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import type { ApiClient } from "../test/contract/apiClient.ts";

/** What helm kept under `release` of a Secret, as the API gives it. */
export type RecordTemplate = string;

const AT_ONCE = 8;
const HOUR_MS = 3_600_000;

interface Wanted {
  readonly namespace: string;
  readonly template: RecordTemplate;
  readonly releases: readonly string[];
  readonly revisions: number;
}

/** Writes records past helm, which would take minutes; each differs in release, revision, time and commit. */
export async function writeRecords(
  admin: ApiClient,
  { namespace, template, releases, revisions }: Wanted,
): Promise<void> {
  const json = unpacked(template);
  const wanted = releases.flatMap((release) =>
    Array.from({ length: revisions }, (_, index) => ({ release, revision: index + 1 })),
  );
  const write = async (): Promise<void> => {
    for (let next = wanted.shift(); next !== undefined; next = wanted.shift()) {
      const status = next.revision === revisions ? "deployed" : "superseded";
      const secret = secretOf({ namespace, json, status, ...next });
      const answer = await admin.post(`/api/v1/namespaces/${namespace}/secrets`, secret);
      if (answer.status !== 201) throw new Error(`No record was made: ${answer.status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, write));
}

function unpacked(template: RecordTemplate): string {
  const packed = Buffer.from(Buffer.from(template, "base64").toString("latin1"), "base64");
  return gunzipSync(packed).toString("utf8");
}

interface OneRecord {
  readonly namespace: string;
  readonly json: string;
  readonly release: string;
  readonly revision: number;
  readonly status: string;
}

function secretOf({ namespace, json, release, revision, status }: OneRecord): object {
  const commit = createHash("sha1").update(`${release} ${revision}`).digest("hex");
  const made = new Date(Date.UTC(2026, 0, 1) + revision * HOUR_MS).toISOString();
  const changed = json
    .replaceAll("0000000", commit)
    .replace('"name":"template"', `"name":"${release}"`)
    .replace('"version":1,', `"version":${revision},`)
    .replace('"status":"deployed"', `"status":"${status}"`)
    .replace(/"last_deployed":"[^"]*"/u, `"last_deployed":"${made}"`);
  const packed = gzipSync(changed, { level: 6 }).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "helm.sh/release.v1",
    metadata: {
      name: `sh.helm.release.v1.${release}.v${revision}`,
      namespace,
      labels: { owner: "helm", name: release, version: String(revision), status },
    },
    data: { release: Buffer.from(packed).toString("base64") },
  };
}
