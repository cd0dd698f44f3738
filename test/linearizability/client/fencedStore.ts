import type { KubernetesApi } from "../../../src/adapters/kubernetes/api.ts";
import { textAt } from "../../../src/adapters/kubernetes/json.ts";
import { mayHaveArrived } from "../../../src/app/writing.ts";
import { CONTEXT } from "./job.ts";

/** What the store said to an effect, and the highest token that it had accepted before. */
export interface Effect {
  readonly result: "accepted" | "rejected" | "unknown";
  readonly highest: number;
}

const NEVER = new AbortController().signal;
const ROUNDS = 5;

export const effectsName = (machine: string): string => `effects-${machine}`;

export const effectsPath = (namespace: string, machine: string): string =>
  `/api/v1/namespaces/${namespace}/configmaps/${effectsName(machine)}`;

/**
 * An effect on a store that is fenced so: it accepts no token lower than the highest that it
 * has accepted. Here it is a ConfigMap, changed by compare-and-swap.
 */
export async function fencedEffect(
  api: KubernetesApi,
  namespace: string,
  machine: string,
  token: number,
): Promise<Effect> {
  const path = effectsPath(namespace, machine);
  let highest = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const read = await api.request(CONTEXT, { method: "GET", path }, NEVER);
    if (!read.ok) return { result: "unknown", highest };
    const { body } = read.value;
    highest = Number(textAt(body, "data", "token") ?? 0);
    if (highest > token) return { result: "rejected", highest };
    const version = textAt(body, "metadata", "resourceVersion") ?? "";
    const written = await api.request(
      CONTEXT,
      {
        method: "PUT",
        path,
        body: {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: effectsName(machine), namespace, resourceVersion: version },
          data: { token: String(token) },
        },
      },
      NEVER,
    );
    if (written.ok) return { result: "accepted", highest };
    if (written.error.reason !== "conflict" && mayHaveArrived(written.error)) break;
  }
  return { result: "unknown", highest };
}
