import type { Objects } from "../api/objects.ts";
import { Kubelet } from "../kubelet.ts";
import { KINDS } from "../kinds.ts";
import { THE_NODE } from "../node.ts";
import { DaemonSetController } from "./daemonSets.ts";
import { DeploymentController } from "./deployments.ts";
import { GarbageCollector } from "./garbage.ts";
import { JobController } from "./jobs.ts";
import { QuotaController } from "./quotas.ts";
import { ReplicaSetController } from "./replicaSets.ts";
import { StatefulSetController } from "./statefulSets.ts";
import { VolumeController } from "./volumes.ts";

/** Starts all controllers over what is there already; returns how to stop them. */
export function startControllers(objects: Objects): () => void {
  const controllers = [
    new DeploymentController(objects),
    new ReplicaSetController(objects),
    new StatefulSetController(objects),
    new DaemonSetController(objects, THE_NODE),
    new JobController(objects),
    new QuotaController(objects),
    new VolumeController(objects),
    new GarbageCollector(objects),
    new Kubelet(objects),
  ];
  for (const kind of KINDS) {
    for (const object of objects.store.list(kind)) {
      const change = { kind, type: "ADDED", revision: 0, object, previous: undefined } as const;
      for (const controller of controllers) controller.notice(change);
    }
  }
  const unsubscribe = objects.store.subscribe((change) => {
    for (const controller of controllers) controller.notice(change);
  });
  return () => {
    unsubscribe();
    for (const controller of controllers) controller.stop();
  };
}
