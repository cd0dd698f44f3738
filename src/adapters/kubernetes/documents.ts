import { setImmediate as turn } from "node:timers/promises";
import { stringify } from "yaml";
import type {
  DocumentError,
  DocumentOf,
  DocumentReader,
  SeenDocument,
  SeenEvent,
} from "../../app/rolloutPorts.ts";
import type { ClusterError } from "../../domain/cluster.ts";
import { Masks } from "../../domain/masking.ts";
import { redacted } from "../../domain/redact.ts";
import { redactedLog } from "../../domain/redactedLog.ts";
import { workloadName } from "../../domain/release.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import type { ApiCall, KubernetesApi } from "./api.ts";
import { readableObject } from "./documentObject.ts";
import { numberAt, objectAt, objectsAt, textAt, type JsonObject } from "./json.ts";
import { newestPods } from "./newestPods.ts";
import { PLURALS } from "./workloads.ts";

const LOG_LINES = 1000;
const MAX_BYTES = 256 * 1024;
/** Fewer lines are asked for, as long as those before were cut: the server cuts at the end, and that tells the most. */
const FEWER_LINES = [LOG_LINES, 200, 40, 8, 1];
const MAX_EVENTS = 200;
/** Of a workload with hundreds of pods some tell enough. */
const MAX_PODS = 10;

type Place = Parameters<DocumentReader["read"]>[0];
type Read = ReturnType<DocumentReader["read"]>;
type Named = Exclude<DocumentOf, { readonly kind: "log" }>;
type Get = (
  path: string,
  call?: Pick<ApiCall, "query" | "reads" | "accept">,
) => Promise<Result<unknown, ClusterError>>;

/** Reads objects, logs and events for people: it only ever gets, and nothing secret leaves it. */
export class ApiDocumentReader implements DocumentReader {
  readonly #api: KubernetesApi;

  constructor(api: KubernetesApi) {
    this.#api = api;
  }

  read({ context, namespace }: Place, of: DocumentOf, signal: AbortSignal): Read {
    const get: Get = async (path, call = {}) => {
      const answer = await this.#api.request(context, { method: "GET", path, ...call }, signal);
      if (answer.ok) return ok(answer.value.body);
      return answer.error.reason === "conflict"
        ? fail({ reason: "server-error", status: 409, detail: "" })
        : fail(answer.error);
    };
    switch (of.kind) {
      case "yaml":
        return readYaml(get, namespace, of);
      case "events":
        return readEvents(get, namespace, of);
      case "log":
        return readLog(get, namespace, of);
    }
  }
}

const core = (namespace: string): string => `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
const apps = (namespace: string): string => `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}`;

const pathOf = (namespace: string, { object, name }: Named): string =>
  object === "Pod"
    ? `${core(namespace)}/pods/${encodeURIComponent(name)}`
    : `${apps(namespace)}/${PLURALS[object]}/${encodeURIComponent(name)}`;

async function readYaml(get: Get, namespace: string, of: Named): Read {
  const answer = await get(pathOf(namespace, of));
  if (!answer.ok) return answer;
  const object = readableObject(answer.value, new Masks());
  const text = stringify(object, { lineWidth: 0, aliasDuplicateObjects: false });
  const end = text.lastIndexOf("\n", MAX_BYTES) + 1;
  const isCut = text.length > MAX_BYTES;
  return ok({ kind: "yaml", text: isCut ? text.slice(0, end) : text, isCut });
}

async function readLog(
  get: Get,
  namespace: string,
  { pod, container, previous }: DocumentOf & { readonly kind: "log" },
): Read {
  const path = `${core(namespace)}/pods/${encodeURIComponent(pod)}/log`;
  for (const lines of FEWER_LINES) {
    const isLastTry = lines === 1;
    const query = {
      container,
      previous: String(previous),
      // One more than is shown tells whether there is more.
      tailLines: String(isLastTry ? lines : lines + 1),
      limitBytes: String(MAX_BYTES),
    };
    const answer = await get(path, { query, reads: "text", accept: "*/*" });
    if (!answer.ok) return fail(logError(answer.error));
    const text = typeof answer.value === "string" ? answer.value : "";
    const isWhole = Buffer.byteLength(text) < MAX_BYTES;
    if (isWhole || isLastTry) return ok(await shownLog(text, lines));
  }
  return ok({ kind: "log", text: "", isCut: false });
}

/** What kubelet and API server say where there is no log: it has not begun, or never ended before. */
const logError = (error: ClusterError): DocumentError =>
  error.reason === "server-error" && error.status === 400
    ? { reason: "no-log", detail: error.detail }
    : error;

async function shownLog(text: string, most: number): Promise<SeenDocument> {
  const lines = text.split("\n");
  const count = lines.length - (text.endsWith("\n") ? 1 : 0);
  const isCut = count > most || most < LOG_LINES;
  const last = count > most ? lines.slice(count - most).join("\n") : text;
  let clean = "";
  for (const piece of redactedLog(last.slice(0, MAX_BYTES))) {
    clean += piece;
    await turn();
  }
  return { kind: "log", text: clean, isCut };
}

async function readEvents(get: Get, namespace: string, of: Named): Read {
  const chosen = of.object === "Pod" ? ok([ofPod(of.name)]) : await ofWorkload(get, namespace, of, of.object);
  if (!chosen.ok) return chosen;
  const events: JsonObject[] = [];
  let isCut = false;
  for (const fieldSelector of chosen.value) {
    const query = { fieldSelector, limit: String(MAX_EVENTS) };
    const answer = await get(`${core(namespace)}/events`, { query });
    if (!answer.ok) return answer;
    events.push(...objectsAt(answer.value, "items"));
    isCut ||= (textAt(answer.value, "metadata", "continue") ?? "") !== "";
  }
  const read = events.map(readEvent).sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  return ok({ kind: "events", events: read.slice(-MAX_EVENTS), isCut: isCut || read.length > MAX_EVENTS });
}

/** By name, since events outlive their pod. */
const ofPod = (name: string): string => `involvedObject.kind=Pod,involvedObject.name=${name}`;

/** The workload's own events, those of what it makes pods with, and those of its newest pods. */
async function ofWorkload(
  get: Get,
  namespace: string,
  of: Named,
  kind: Exclude<Named["object"], "Pod">,
): Promise<Result<readonly string[], ClusterError>> {
  const answer = await get(pathOf(namespace, of));
  if (!answer.ok) return answer;
  const workload = objectAt(answer.value);
  const found = await newestPods(kind, workload, {
    namespace,
    list: async (group, plural, labelSelector) => {
      const path = `${group}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
      const list = await get(path, { query: { labelSelector } });
      return list.ok ? ok(objectsAt(list.value, "items")) : list;
    },
  });
  if (!found.ok) return found;
  const { owner, pods } = found.value;
  const uids = [workload, owner, ...pods.slice(0, MAX_PODS)].flatMap(
    (object) => textAt(object, "metadata", "uid") ?? [],
  );
  return ok([...new Set(uids)].map((uid) => `involvedObject.uid=${uid}`));
}

function readEvent(event: JsonObject): SeenEvent {
  // Older recorders fill lastTimestamp, newer ones eventTime and the series.
  const time =
    textAt(event, "series", "lastObservedTime") ??
    textAt(event, "lastTimestamp") ??
    textAt(event, "eventTime") ??
    textAt(event, "metadata", "creationTimestamp");
  const at = Date.parse(time ?? "");
  const kind = textAt(event, "involvedObject", "kind") ?? "";
  return {
    ...(Number.isFinite(at) ? { at } : {}),
    about: workloadName(kind, textAt(event, "involvedObject", "name") ?? ""),
    reason: textAt(event, "reason") ?? "",
    message: redacted(textAt(event, "message") ?? "").replaceAll(/\s+/gu, " "),
    count: numberAt(event, "series", "count") ?? numberAt(event, "count") ?? 1,
    isWarning: textAt(event, "type") === "Warning",
  };
}
