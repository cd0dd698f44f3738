import type { KubernetesApi } from "./api.ts";
import { ClusterPin } from "./pin.ts";

/** The same API for one operation from its beginning to its end: each context keeps to the cluster it first led to. */
export function pinned(api: KubernetesApi): KubernetesApi {
  const pins = new Map<string, ClusterPin>();
  return {
    request: (context, call, signal) => {
      const pin = pins.get(context) ?? new ClusterPin();
      pins.set(context, pin);
      return api.request(context, { ...call, pin }, signal);
    },
  };
}
