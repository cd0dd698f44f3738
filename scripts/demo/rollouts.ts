import { createHash } from "node:crypto";
import type { EpochMs } from "../../src/domain/time.ts";
import type { DemoCluster } from "./demoCluster.ts";
import type { Commits } from "./gitHistory.ts";
import { kubernetesTime, type KubernetesObject } from "./objects.ts";
import { hashOf } from "./releases.ts";
import { momentOf } from "./story.ts";

/** The Deployment that helm does not know: somebody sets its image by hand, as the team always did. */
export const THUMBNAILS = "thumbnails";

interface StoryRollout {
  readonly revision: number;
  /** The number that it had before somebody went back to it. */
  readonly was?: number;
  readonly commit: string;
  readonly hoursAgo: number;
  /** Pods that are wanted of it now. */
  readonly replicas: number;
  /** Makes the sandbox's pods crash. */
  readonly crashes?: true;
}

/** Oldest first. Of `images` they went back to `vat`; the newest crashes, so the pods of the one before still serve. */
const ROLLOUTS: readonly StoryRollout[] = [
  { revision: 1, commit: "coupons", hoursAgo: 150, replicas: 0 },
  { revision: 4, was: 2, commit: "vat", hoursAgo: 122, replicas: 0 },
  { revision: 3, commit: "images", hoursAgo: 100, replicas: 0 },
  { revision: 5, commit: "health", hoursAgo: 46, replicas: 2 },
  { revision: 6, commit: "links", hoursAgo: 4, replicas: 1, crashes: true },
];

const WANTED = 2;
const REVISION = "deployment.kubernetes.io/revision";
const CAUSE = "kubernetes.io/change-cause";

interface RolloutWorld {
  readonly cluster: DemoCluster;
  readonly commits: Commits;
  readonly now: EpochMs;
}

/** The Deployment with all that its controller kept of earlier rollouts. */
export function rolloutObjects(world: RolloutWorld): readonly KubernetesObject[] {
  const last = ROLLOUTS.at(-1);
  const [first] = ROLLOUTS;
  if (last === undefined || first === undefined) return [];
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      ...named(world, THUMBNAILS, first),
      uid: uidOf(THUMBNAILS),
      labels: LABELS,
      annotations: { [REVISION]: String(last.revision), [CAUSE]: causeOf(world, last) },
    },
    spec: {
      replicas: WANTED,
      revisionHistoryLimit: 10,
      selector: { matchLabels: LABELS },
      template: templateOf(world, last, LABELS),
    },
  };
  return [deployment, ...ROLLOUTS.map((rollout) => replicaSet(world, rollout))];
}

const LABELS = { app: THUMBNAILS };

function replicaSet(world: RolloutWorld, rollout: StoryRollout): KubernetesObject {
  const hash = uidOf(rollout.commit).slice(0, 8);
  const labels = { ...LABELS, "pod-template-hash": hash };
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      ...named(world, `${THUMBNAILS}-${hash}`, rollout),
      uid: uidOf(`${THUMBNAILS}-${hash}`),
      labels,
      annotations: {
        [REVISION]: String(rollout.revision),
        ...(rollout.was === undefined ? {} : { [`${REVISION}-history`]: String(rollout.was) }),
        "deployment.kubernetes.io/desired-replicas": String(WANTED),
        "deployment.kubernetes.io/max-replicas": String(WANTED + 1),
        [CAUSE]: causeOf(world, rollout),
      },
      ownerReferences: [
        {
          apiVersion: "apps/v1",
          kind: "Deployment",
          name: THUMBNAILS,
          uid: uidOf(THUMBNAILS),
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      replicas: rollout.replicas,
      selector: { matchLabels: labels },
      template: templateOf(world, rollout, labels),
    },
  };
}

const named = (
  { cluster, now }: RolloutWorld,
  name: string,
  { commit, hoursAgo }: StoryRollout,
): KubernetesObject["metadata"] => ({
  name,
  namespace: cluster.namespaces.staging,
  creationTimestamp: kubernetesTime(momentOf(`${THUMBNAILS} ${commit}`, hoursAgo, now)),
});

const imageOf = ({ commits }: RolloutWorld, { commit, crashes }: StoryRollout): string =>
  `registry.example.com/thumbnails:${crashes === true ? "crash-" : ""}${hashOf(commits, commit)}`;

const causeOf = (world: RolloutWorld, rollout: StoryRollout): string =>
  `kubectl set image deployment/${THUMBNAILS} app=${imageOf(world, rollout)}`;

const templateOf = (
  world: RolloutWorld,
  rollout: StoryRollout,
  labels: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> => ({
  metadata: { labels },
  spec: { containers: [{ name: "app", image: imageOf(world, rollout), args: ["thumbnails"] }] },
});

/** The same in every run. */
function uidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
