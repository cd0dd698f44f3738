import type { JsonObject } from "./json.ts";
import { timeText } from "./object.ts";

/** The one node that there is: every pod that finds a place runs on it. */
export const THE_NODE = {
  name: "sandbox-node",
  labels: {
    ...{ "kubernetes.io/arch": "amd64", "kubernetes.io/hostname": "sandbox-node" },
    "kubernetes.io/os": "linux",
  },
} as const;

/** Its object, as a kubelet that is well would report it. `now` is in epoch milliseconds. */
export function nodeObject(now: number): JsonObject {
  const { name, labels } = THE_NODE;
  const resources = { cpu: "8", memory: "16Gi", pods: "10k" };
  const time = timeText(now);
  return {
    kind: "Node",
    apiVersion: "v1",
    metadata: { name, labels },
    spec: {},
    status: {
      addresses: [
        { type: "InternalIP", address: "10.1.0.1" },
        { type: "Hostname", address: name },
      ],
      allocatable: resources,
      capacity: { ...resources },
      conditions: [
        {
          type: "Ready",
          status: "True",
          reason: "KubeletReady",
          message: "kubelet is posting ready status",
          lastHeartbeatTime: time,
          lastTransitionTime: time,
        },
      ],
      nodeInfo: {
        architecture: "amd64",
        containerRuntimeVersion: "sandbox://1.0.0",
        kubeletVersion: "v1.35.4",
        operatingSystem: "linux",
        osImage: "Sandbox",
      },
    },
  };
}
