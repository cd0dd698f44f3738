import { seedObject } from "../../../src/sandbox/api/seeding.ts";
import { Objects, type Write } from "../../../src/sandbox/api/objects.ts";
import type { JsonObject } from "../../../src/sandbox/json.ts";
import { NAMESPACE } from "../../../src/sandbox/kinds.ts";
import { isRefusal } from "../../../src/sandbox/refusal.ts";
import { Store } from "../../../src/sandbox/store.ts";

/** 2026-03-01T12:00:00Z, where every clock of these tests begins. */
export const NOON = Date.UTC(2026, 2, 1, 12);

/** A write by a person at a keyboard. */
export const WRITE: Write = {
  manager: { name: "test", operation: "Update", apiVersion: "v1", subresource: "" },
};

/** An empty cluster with the namespace `web`, and a clock that only moves when told. */
export function aCluster(): { objects: Objects; store: Store; clock: { now: number } } {
  const store = new Store();
  const clock = { now: NOON };
  const objects = new Objects(store, () => clock.now);
  seedObject(objects, NAMESPACE, { kind: "Namespace", apiVersion: "v1", metadata: { name: "web" } });
  return { objects, store, clock };
}

/** The value of a write that must go well. */
export function done<T>(result: T): Exclude<T, { toStatus(): JsonObject }> {
  if (isRefusal(result)) throw new Error(result.message);
  return result as Exclude<T, { toStatus(): JsonObject }>;
}

/** Code, reason and message of a write that must be refused. */
export function refused(result: unknown): [number, string, string] {
  if (!isRefusal(result)) throw new Error(`not refused: ${JSON.stringify(result)}`);
  return [result.code, result.reason, result.message];
}

/** A Deployment of one container, with what differs from the usual. */
export const aDeployment = (name: string, image: string, spec: JsonObject = {}): JsonObject => ({
  kind: "Deployment",
  apiVersion: "apps/v1",
  metadata: { name, namespace: "web" },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "web", image }] } },
    ...spec,
  },
});
