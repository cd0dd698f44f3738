import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { aFolder } from "../builders/gitRepository.ts";
import { until } from "../builders/waiting.ts";
import type { TestCluster } from "../contract/cluster.ts";
import { at, listAt } from "../contract/json.ts";
import { runProgram, type Ended } from "../contract/program.ts";
import { CONTEXT } from "./stage.ts";

/** What stages without helm share. */
export interface BareTheatre {
  readonly cluster: TestCluster;
  readonly kubectl: string;
}

/** A namespace of its own, in which an administrator does everything with kubectl. */
export interface BareStage extends BareTheatre {
  readonly namespace: string;
  /** Whatever comes of it. */
  run(...args: readonly string[]): Promise<Ended>;
  /** Throws where kubectl fails. */
  kubectlDo(...args: readonly string[]): Promise<string>;
  /** As JSON; undefined where there is no such thing. */
  get(...args: readonly string[]): Promise<unknown>;
  create(object: object): Promise<void>;
  patch(what: string, patch: object, ...args: readonly string[]): Promise<void>;
  /** The only pod of `app=web` that is not going, once there is one that `isIt`. */
  pod(isIt?: (pod: unknown) => boolean): Promise<unknown>;
  remove(): void;
}

export async function openBareStage(theatre: BareTheatre): Promise<BareStage> {
  const { cluster, kubectl } = theatre;
  const folder = aFolder();
  const namespace = await cluster.namespace("truth");
  const kubeconfig = await cluster.kubeconfig("admin", [CONTEXT]);
  let files = 0;
  const run: BareStage["run"] = (...args) =>
    runProgram(kubectl, [...args, "--namespace", namespace], { KUBECONFIG: kubeconfig, HOME: folder.path });
  const kubectlDo: BareStage["kubectlDo"] = async (...args) => {
    const { code, stdout, stderr } = await run(...args);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  const get: BareStage["get"] = async (...args) => {
    const { code, stdout, stderr } = await run("get", ...args, "--output", "json");
    if (code === 0) return JSON.parse(stdout) as unknown;
    if (stderr.includes("NotFound")) return undefined;
    throw new Error(`kubectl get ${args.join(" ")}: ${stderr}`);
  };
  return {
    ...theatre,
    ...{ namespace, run, kubectlDo, get },
    create: async (object) => {
      const file = join(folder.path, `${(files += 1)}.json`);
      writeFileSync(file, JSON.stringify(object));
      await kubectlDo("create", "--filename", file);
    },
    patch: async (what, patch, ...args) => {
      await kubectlDo("patch", what, "--type=merge", "--patch", JSON.stringify(patch), ...args);
    },
    pod: (isIt = () => true) =>
      until("the pod", async () => {
        const pods = listAt(await get("pods", "--selector=app=web"), "items");
        return pods.find((pod) => at(pod, "metadata", "deletionTimestamp") === undefined && isIt(pod));
      }),
    remove: () => {
      folder.remove();
    },
  };
}

export const setImage = (stage: BareStage, tag: string, of = "deployment/web"): Promise<string> =>
  stage.kubectlDo("set", "image", of, `web=${imageOf(tag)}`);

export const isReady = (pod: unknown): boolean =>
  listAt(pod, "status", "conditions").some(
    (one) => at(one, "type") === "Ready" && at(one, "status") === "True",
  );

export const imageOf = (tag: string): string => `registry.example.com/shop/web:${tag}`;

/** What workloads are played without helm. */
export type BareKind = "Deployment" | "StatefulSet" | "DaemonSet";

/** Settings of a workload beside its image; `pod` and `container` go into its template. */
export interface Wish {
  readonly kind?: BareKind;
  readonly metadata?: object;
  readonly spec?: object;
  readonly pod?: object;
  readonly container?: object;
  readonly image?: string;
}

export const aWorkload = (tag: string, wish: Wish = {}): object => {
  const { kind = "Deployment", metadata, spec, pod, container, image = imageOf(tag) } = wish;
  return {
    ...{ apiVersion: "apps/v1", kind },
    metadata: { name: "web", ...metadata },
    spec: {
      selector: { matchLabels: { app: "web" } },
      // There is one node, so a DaemonSet has one pod, too.
      ...(kind === "DaemonSet" ? {} : { replicas: 1 }),
      ...(kind === "StatefulSet" ? { serviceName: "web" } : {}),
      template: {
        metadata: { labels: { app: "web" } },
        spec: {
          containers: [{ name: "web", image, resources: { limits: { memory: "64Mi" } }, ...container }],
          ...pod,
        },
      },
      ...spec,
    },
  };
};
