import assert from "node:assert/strict";
import { after, before } from "node:test";
import { toolPath } from "../../scripts/tools/provision.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import type { WorkloadAddress } from "../../src/app/rolloutPorts.ts";
import { openCluster, type Cluster } from "../../src/cluster.ts";
import type { RolloutReading, RolloutRevision, WorkloadKind } from "../../src/domain/rollouts.ts";
import { aFolder } from "../builders/gitRepository.ts";
import { FakeLog } from "../fakes/log.ts";
import type { Answer } from "./apiClient.ts";
import { eventually } from "./eventually.ts";
import { runProgram } from "./program.ts";
import { useCluster, type ClusterOfSuite } from "./useCluster.ts";

export const WORKLOAD_KINDS: readonly WorkloadKind[] = ["Deployment", "StatefulSet", "DaemonSet"];

const PLURALS = { Deployment: "deployments", StatefulSet: "statefulsets", DaemonSet: "daemonsets" } as const;
const CONTEXT = "staging";
const signal = new AbortController().signal;

/** What a workload of these suites is made with, beside its name. */
export interface WorkloadWish {
  readonly kind: WorkloadKind;
  readonly image: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: object;
}

/** The suite's cluster with Devdeploy's own view of it, for ann. */
export interface RolloutStage {
  readonly on: ClusterOfSuite;
  readonly own: Cluster;
  /** The same for somebody else. */
  as(person: string): Promise<Cluster>;
  of(kind: WorkloadKind, name: string, namespace?: string): WorkloadAddress;
  path(of: WorkloadAddress): string;
  create(of: WorkloadAddress, wish: Omit<WorkloadWish, "kind">): Promise<void>;
  /** Another image and other annotations in one patch; null takes one away. Waits until there is a revision of it. */
  rollOut(
    of: WorkloadAddress,
    image: string,
    annotations?: Readonly<Record<string, string | null>>,
  ): Promise<void>;
  patch(of: WorkloadAddress, patch: object): Promise<Answer>;
  reading(of: WorkloadAddress): Promise<RolloutReading>;
  /** The reading once the controller has numbered the present template as the newest. */
  settled(of: WorkloadAddress): Promise<RolloutReading>;
  /** What kubectl wrote; fails with its complaint. */
  kubectl(...args: readonly string[]): Promise<string>;
}

/** No pods are needed to have revisions. */
export const aWorkload = (
  name: string,
  { kind, image, annotations, labels, spec }: WorkloadWish,
): object => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name, ...(annotations === undefined ? {} : { annotations }), ...(labels && { labels }) },
  spec: {
    ...(kind === "DaemonSet" ? {} : { replicas: 0 }),
    ...(kind === "StatefulSet" ? { serviceName: name } : {}),
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        // A DaemonSet finds no node with this label.
        ...(kind === "DaemonSet" ? { nodeSelector: { "devdeploy.dev/nowhere": "yes" } } : {}),
        containers: [
          {
            name: "web",
            image,
            env: [{ name: "MODE", value: "fast" }],
            resources: { requests: { cpu: "100m" } },
          },
        ],
      },
    },
    ...spec,
  },
});

/** To be called inside `describe`. */
export function useRollouts(prefix: string): RolloutStage {
  const on = useCluster(prefix);
  const folder = aFolder();
  const clusters: Cluster[] = [];
  let own: Cluster | undefined;
  let kubeconfig = "";
  const as = async (person: string): Promise<Cluster> => {
    const path = await on.cluster.kubeconfig(person, [CONTEXT]);
    const opened = openCluster({
      kubeconfig: path,
      env: process.env,
      clock: systemClock,
      log: new FakeLog(),
    });
    clusters.push(opened);
    return opened;
  };
  before(async () => {
    kubeconfig = await on.cluster.kubeconfig("ann", [CONTEXT]);
    own = await as("ann");
  });
  after(() => {
    for (const opened of clusters) opened.dispose();
  });

  const opened = (): Cluster => {
    if (own === undefined) throw new Error("the cluster is there only while tests run");
    return own;
  };
  const path = ({ namespace, kind, name }: WorkloadAddress): string =>
    `/apis/apps/v1/namespaces/${namespace}/${PLURALS[kind]}/${name}`;
  const reading = async (of: WorkloadAddress): Promise<RolloutReading> => {
    const found = await opened().rollouts.read(of, signal);
    assert.ok(found.ok && found.value !== undefined, JSON.stringify(found));
    return found.value;
  };
  const settled = async (of: WorkloadAddress): Promise<RolloutReading> => {
    const isSettled = async (): Promise<boolean> => {
      const { current, revisions, generation, observedGeneration } = await reading(of);
      return observedGeneration === generation && revisions[0]?.object.uid === current?.uid;
    };
    await eventually(isSettled, true);
    return reading(of);
  };
  const patch = async (of: WorkloadAddress, body: object): Promise<Answer> => {
    const answer = await on.as("ann").patch("strategic", path(of), body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer;
  };
  return {
    on,
    get own() {
      return opened();
    },
    as,
    of: (kind, name, namespace = on.namespace) => ({ context: CONTEXT, namespace, kind, name }),
    path,
    reading,
    settled,
    patch,
    create: async (of, wish) => {
      const folderPath = path(of).replace(/\/[^/]+$/u, "");
      const made = await on.as("ann").post(folderPath, aWorkload(of.name, { kind: of.kind, ...wish }));
      assert.equal(made.status, 201, JSON.stringify(made.body));
      await settled(of);
    },
    rollOut: async (of, image, annotations = {}) => {
      const template = { spec: { containers: [{ name: "web", image }] } };
      await patch(of, { metadata: { annotations }, spec: { template } });
      await settled(of);
    },
    kubectl: async (...args) => {
      const env = { HOME: folder.path, KUBECONFIG: kubeconfig };
      const program = await toolPath("kubectl");
      const { code, stdout, stderr } = await runProgram(program, [...args, "--context", CONTEXT], env);
      if (code !== 0) throw new Error(stderr);
      return stdout;
    },
  };
}

/** A history in short: number, older numbers, image, cause, and whether it is what the workload has now. */
export const inShort = ({ revisions, current }: RolloutReading): readonly string[] =>
  revisions.map((revision) =>
    [
      `${revision.revision}`,
      ...(revision.was.length === 0 ? [] : [`was ${revision.was.join(",")}`]),
      ...revision.images.map(({ image }) => image),
      ...(revision.changeCause === undefined ? [] : [revision.changeCause]),
      ...(revision.object.uid === current?.uid ? ["now"] : []),
    ].join(" "),
  );

/** The one revision of an image. */
export function revisionOf(reading: RolloutReading, image: string): RolloutRevision {
  const found = reading.revisions.find(({ images }) => images.some((one) => one.image === image));
  assert.ok(found !== undefined, `no revision of ${image} among ${inShort(reading).join("; ")}`);
  return found;
}
