import type { ContainerImage } from "./release.ts";

/** A workload as the cluster holds it now; one reading, from one moment. */
export interface WorkloadReading {
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet";
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly observedGeneration: number;
  /** spec.replicas, or the number of nodes that a DaemonSet wants. */
  readonly wanted: number;
  readonly images: readonly ContainerImage[];
  /** Only pods of the newest template: old pods never speak for a new rollout. */
  readonly pods: readonly PodReading[];
  /** Ready pods of all templates by the controller's own count, which may lag behind `pods`; undefined where it says none. */
  readonly readyOfAll?: number;
  /** Whether the controller gave up waiting: the Progressing condition's ProgressDeadlineExceeded. */
  readonly deadlineExceeded: boolean;
  /** The message of a ReplicaFailure condition: quota or admission, where no pod comes to exist at all. */
  readonly replicaFailure?: string;
}

export interface PodReading {
  readonly name: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** Why a container waits, e.g. `ImagePullBackOff`, with the kubelet's words. */
  readonly waiting?: { readonly container: string; readonly reason: string; readonly message: string };
}
