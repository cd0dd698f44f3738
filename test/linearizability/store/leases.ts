import { ApiClient } from "../../contract/apiClient.ts";
import { effectsName } from "../client/fencedStore.ts";
import type { Target } from "./target.ts";

export const NAMESPACE = "devdeploy";
export const POOL = "dev";
export const MACHINES: readonly [string, ...string[]] = ["dev1", "dev2", "dev3"];
/** A machine that nobody contends for: held for long, so that only a watch can tell that it was given back. */
export const QUIET_MACHINE = "quiet1";

export const LEASES = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`;

/** The administrator of a target, who is spared every fault. */
export const adminOf = ({ access: { server, ca, tokens } }: Target): ApiClient =>
  new ApiClient({ server, options: { ca }, headers: { authorization: `Bearer ${tokens["admin"] ?? ""}` } });

/** Makes what an administrator makes beforehand: a Lease for each lock and each operation, with an empty spec. */
export async function makeLeases(target: Target): Promise<void> {
  const admin = adminOf(target);
  const names = [...MACHINES, QUIET_MACHINE].flatMap((machine) => [machine, `${machine}-operation`]);
  for (const name of [...names, POOL]) {
    await created(admin, LEASES, {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name },
      spec: {},
    });
  }
  for (const machine of MACHINES) {
    await created(admin, `/api/v1/namespaces/${NAMESPACE}/configmaps`, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: effectsName(machine) },
      data: { token: "0" },
    });
  }
  admin.close();
}

async function created(admin: ApiClient, path: string, body: unknown): Promise<void> {
  const { status } = await admin.post(path, body);
  if (status !== 201) throw new Error(`${path} was answered with ${status}.`);
}
