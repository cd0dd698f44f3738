import type { WorkloadAddress } from "../../src/app/rolloutPorts.ts";
import type { RolloutSubject } from "../../src/app/undoOutcome.ts";
import type { Json } from "../../src/domain/release.ts";
import type { WorkloadReading } from "../../src/domain/rollout.ts";
import type { LivePod, RolloutReading, RolloutRevision, WorkloadSight } from "../../src/domain/rollouts.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { aCommit, aReading } from "./deploy.ts";

/** The Deployment `web` of production. */
export const anAddress = (address: Partial<WorkloadAddress> = {}): WorkloadAddress => ({
  context: "production",
  namespace: "buffer",
  kind: "Deployment",
  name: "web",
  ...address,
});

/** A workload that devdeploy.json does not name. */
export const aRolloutSubject = (subject: Partial<RolloutSubject> = {}): RolloutSubject => ({
  workload: anAddress(),
  tier: "staging",
  ...subject,
});

/** The production environment, deployed by the Deployment `web`. */
export const aPlacedSubject = (subject: Partial<RolloutSubject> = {}): RolloutSubject => ({
  workload: anAddress(),
  tier: "production",
  place: {
    name: "production",
    target: "production",
    kind: "environment",
    locks: { context: "staging", namespace: "devdeploy" },
  },
  ...subject,
});

/** The image that carries a commit: `anAppImage("4f1c0de")`. */
export const anAppImage = (commit = "4f1c0de"): string => `registry.example.com/app:${aCommit(commit)}`;

/** A pods' template of one container `app`. */
export const aTemplate = (image = anAppImage(), container: { readonly [key: string]: Json } = {}): Json => ({
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "app", image, ...container }] },
});

/** Of commit 4f1c0de; its uid, name and hash follow its number, and its images its template's. */
export function aRolloutRevision(revision: Partial<RolloutRevision> = {}): RolloutRevision {
  const number = revision.revision ?? 1;
  const template = revision.template ?? aTemplate();
  return {
    revision: number,
    was: [],
    object: { kind: "ReplicaSet", name: `web-h${number}`, uid: `rs${number}` },
    hash: `h${number}`,
    createdAt: number * MINUTE_MS,
    images: [{ workload: "Deployment/web", container: "app", image: imageOf(template) }],
    pods: { ready: 0, wanted: 0 },
    template,
    annotations: {},
    ...revision,
  };
}

/** One of a StatefulSet or DaemonSet, which counts no pods. */
export function aControllerRevision(revision: Partial<RolloutRevision> = {}): RolloutRevision {
  const { pods, ...rest } = aRolloutRevision(revision);
  const name = `web-${rest.hash}`;
  const object = { kind: "ControllerRevision", name, uid: rest.object.uid } as const;
  return { ...rest, object, ...(revision.pods === undefined || pods === undefined ? {} : { pods }) };
}

/** Commit 4f1c0de is revision 1, bad0bad revision 2, which runs. Its template is the newest revision's. */
export function aRollout(rollout: Partial<RolloutReading> = {}): RolloutReading {
  const revisions = rollout.revisions ?? [
    aRolloutRevision({
      revision: 2,
      template: aTemplate(anAppImage("bad0bad")),
      pods: { ready: 1, wanted: 1 },
    }),
    aRolloutRevision({ revision: 1 }),
  ];
  const [newest] = revisions;
  return {
    kind: "Deployment",
    name: "web",
    namespace: "buffer",
    version: { uid: "d1", resourceVersion: "10" },
    generation: 2,
    observedGeneration: 2,
    isPaused: false,
    historyLimit: 10,
    strategy: "RollingUpdate",
    conditions: [{ type: "Progressing", status: "True", reason: "NewReplicaSetAvailable", message: "" }],
    template: newest?.template ?? aTemplate(),
    annotations: {},
    labels: {},
    ...(newest === undefined ? {} : { current: { uid: newest.object.uid, revision: newest.revision } }),
    revisions,
    ...rollout,
  };
}

/** Ready, with one container `app`. */
export const aPod = (pod: Partial<LivePod> = {}): LivePod => ({
  name: "web-h2-1",
  namespace: "buffer",
  uid: `uid-${pod.name ?? "web-h2-1"}`,
  ready: true,
  restarts: 0,
  phase: "Running",
  containers: { ready: 1, all: 1, names: ["app"] },
  createdAt: 0,
  isBeingDeleted: false,
  ...pod,
});

/** What the controller says of a rollout: one pod is wanted, and it is there. */
export const aWorkloadNow = (
  rollout: RolloutReading,
  reading: Partial<WorkloadReading> = {},
): WorkloadReading => {
  const workload = `${rollout.kind}/${rollout.name}`;
  return aReading({
    kind: rollout.kind,
    name: rollout.name,
    uid: rollout.version.uid,
    generation: rollout.generation,
    observedGeneration: rollout.observedGeneration,
    images: [{ workload, container: "app", image: imageOf(rollout.template) }],
    pods: [{ name: "web-h2-1", ready: true, restarts: 0 }],
    readyOfAll: 1,
    ...reading,
  });
};

/** A workload that runs well. */
export function aSight(sight: Partial<WorkloadSight> = {}): WorkloadSight {
  const rollout = sight.rollout ?? aRollout();
  return { rollout, now: aWorkloadNow(rollout), pods: [aPod()], ...sight };
}

/** The image of a template's first container; empty where it has none. */
export function imageOf(template: Json): string {
  const [, image = ""] = /"image":"([^"]*)"/u.exec(JSON.stringify(template)) ?? [];
  return image;
}
