/** Where each kind keeps the template of its pods. */
export const POD_SPEC: Readonly<Record<string, readonly string[]>> = {
  Deployment: ["spec", "template", "spec"],
  StatefulSet: ["spec", "template", "spec"],
  DaemonSet: ["spec", "template", "spec"],
  ReplicaSet: ["spec", "template", "spec"],
  Job: ["spec", "template", "spec"],
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
  Pod: ["spec"],
};

/** Where a pod's containers are, in the order in which they begin. */
export const CONTAINER_LISTS = ["initContainers", "containers"] as const;
