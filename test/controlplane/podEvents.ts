import type { ApiClient } from "../contract/apiClient.ts";
import { textAt } from "../contract/json.ts";
import { now, type PodEvent } from "./containerLife.ts";

/** Tells about pods as the kubelet and the scheduler do: what happens again counts up the Event that is there. */
export class PodEvents {
  readonly #api: ApiClient;
  readonly #told = new Map<string, { readonly name: string; count: number }>();
  #next = BigInt(Date.now()) * 1_000_000n;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  async tell(pod: unknown, event: PodEvent): Promise<void> {
    const namespace = textAt(pod, "metadata", "namespace");
    const events = `/api/v1/namespaces/${namespace}/events`;
    const key = [textAt(pod, "metadata", "uid"), event.fieldPath, event.reason, event.message].join(" ");
    const before = this.#told.get(key);
    if (before !== undefined) {
      before.count += 1;
      const again = { count: before.count, lastTimestamp: now() };
      await this.#api.patch("merge", `${events}/${before.name}`, again);
      return;
    }
    const name = `${textAt(pod, "metadata", "name")}.${(this.#next++).toString(16)}`;
    this.#told.set(key, { name, count: 1 });
    const component = SCHEDULING.has(event.reason) ? "default-scheduler" : "kubelet";
    await this.#api.post(events, eventObject(pod, event, { name, component }));
  }
}

const SCHEDULING: ReadonlySet<string> = new Set(["Scheduled", "FailedScheduling"]);

function eventObject(
  pod: unknown,
  { type, reason, message, fieldPath }: PodEvent,
  { name, component }: { readonly name: string; readonly component: string },
): object {
  const namespace = textAt(pod, "metadata", "namespace");
  return {
    metadata: { name, namespace },
    involvedObject: {
      kind: "Pod",
      apiVersion: "v1",
      namespace,
      name: textAt(pod, "metadata", "name"),
      uid: textAt(pod, "metadata", "uid"),
      resourceVersion: textAt(pod, "metadata", "resourceVersion"),
      ...(fieldPath === undefined ? {} : { fieldPath }),
    },
    type,
    reason,
    message,
    count: 1,
    firstTimestamp: now(),
    lastTimestamp: now(),
    source: component === "kubelet" ? { component, host: "node-1" } : { component },
    reportingComponent: component,
    reportingInstance: component === "kubelet" ? "node-1" : "",
  };
}
