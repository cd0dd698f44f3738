import { controlPlanePath } from "../scripts/controlplane/build.ts";
import { ANNOTATION, LABEL, LEASE_API, MANAGED_BY } from "../src/adapters/kubernetes/leaseObject.ts";
import { microTime } from "../src/adapters/kubernetes/microTime.ts";
import { ApiClient } from "../test/contract/apiClient.ts";
import { startTestCluster, type TestCluster } from "../test/contract/cluster.ts";

const CONTEXT = "bench";

/** A cluster with a pool of free machines, and somebody else who may change them. */
export interface Staging {
  readonly cluster: TestCluster;
  readonly namespace: string;
  /** Of a person whose editor is measured. */
  readonly kubeconfig: string;
  /** The text of a devdeploy.json with this pool. */
  readonly config: string;
  /** `a real control plane` or `the sandbox`. */
  readonly against: string;
  /** Somebody else takes a machine, past all rules; resolves with the answer. */
  hold(machine: string, name: string): Promise<void>;
  stop(): Promise<void>;
}

/** On the real control plane, and where there is no Go to build it on the sandbox. */
export async function startStaging(machines: readonly string[]): Promise<Staging> {
  process.env["DEVDEPLOY_CONTRACT_TARGET"] =
    (await controlPlanePath()) === undefined ? "sandbox" : "controlplane";
  const cluster = await startTestCluster();
  const namespace = await cluster.namespace("bench");
  const admin = new ApiClient(await cluster.access("admin"));
  const leases = `/apis/${LEASE_API}/namespaces/${namespace}/leases`;
  for (const machine of machines) await admin.post(leases, freeLease(namespace, machine));
  return {
    cluster,
    namespace,
    kubeconfig: await cluster.kubeconfig("ann", [CONTEXT]),
    config: configText(namespace, machines),
    against: cluster.kind === "controlplane" ? "a real control plane" : "the sandbox",
    hold: async (machine, name) => {
      const { status } = await admin.patch("merge", `${leases}/${machine}`, heldBy(name));
      if (status !== 200) throw new Error(`The change of the Lease was answered with ${status}.`);
    },
    stop: async () => {
      admin.close();
      await cluster.stop();
    },
  };
}

function freeLease(namespace: string, name: string): Readonly<Record<string, unknown>> {
  const labels = { [LABEL.managedBy]: MANAGED_BY, [LABEL.pool]: "dev" };
  return { apiVersion: LEASE_API, kind: "Lease", metadata: { name, namespace, labels }, spec: {} };
}

/** What makes a Lease somebody's for an hour. */
export function heldBy(name: string): { readonly metadata: object; readonly spec: object } {
  const now = microTime(Date.now());
  return {
    metadata: { annotations: { [ANNOTATION.holderName]: name } },
    spec: {
      holderIdentity: "ben <ben@example.com>",
      acquireTime: now,
      renewTime: now,
      leaseDurationSeconds: 3600,
    },
  };
}

function configText(namespace: string, machines: readonly string[]): string {
  return JSON.stringify({
    version: 1,
    defaultBranch: "main",
    locks: { context: CONTEXT, namespace },
    pools: {
      dev: {
        machines: Object.fromEntries(machines.map((machine) => [machine, {}])),
        deploy: { helm: { context: CONTEXT, namespace, chart: "./chart", release: "${machine}" } },
      },
    },
  });
}
