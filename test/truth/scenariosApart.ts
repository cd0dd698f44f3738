import { openWire } from "../contract/cutWire.ts";
import { until } from "../builders/waiting.ts";
import { sentence } from "./account.ts";
import { attempt, nameOf, untilHelmWaits, type Both } from "./attempt.ts";
import { openPanel } from "./panel.ts";
import { accountTold } from "./said.ts";
import { CONTEXT, RELEASE, type Stage } from "./stage.ts";

/** Somebody sets another image past helm: nothing is rolled back, it is only looked at. */
export async function drifted(stage: Stage): Promise<Both> {
  const { onlooker, commits } = stage;
  await stage.deploy("A");
  await stage.deploy("B");
  const image = `registry.example.com/shop/web:${commits.C}`;
  await onlooker.kubectl("set", "image", `deployment/${RELEASE}`, `web=${image}`);
  await onlooker.kubectl("rollout", "status", `deployment/${RELEASE}`, "--timeout=30s");
  const panel = await openPanel(stage);
  try {
    await panel.settled();
    const newest = await onlooker.newest();
    const recorded = onlooker.letterIn(await onlooker.recordedImage(newest.revision));
    const runs = onlooker.letterIn(await onlooker.wantedImage());
    const happened = sentence({
      done: false,
      newest: nameOf(newest),
      runs,
      ...(runs === recorded ? {} : { because: `helm recorded ${recorded}` }),
    });
    const snapshot = panel.snapshot();
    const said = accountTold({ view: panel.view(), snapshot, letters: commits });
    const asRecorded = {
      ...snapshot,
      runs: { kind: "revision", revision: newest.revision, isDeployed: true },
    } as const;
    const lied = accountTold({ view: panel.view(), snapshot: asRecorded, letters: commits });
    return { happened, said: sentence(said), lied: sentence(lied) };
  } finally {
    panel.close();
  }
}

/** Eve may look at everything and change nothing but Leases. */
export async function notPermitted(stage: Stage): Promise<Both> {
  const { onlooker } = stage;
  await stage.deploy("A");
  await stage.deploy("B");
  const resources = [
    ...["secrets", "configmaps", "services", "pods", "pods/log", "events"],
    ...["deployments.apps", "replicasets.apps", "jobs.batch", "horizontalpodautoscalers.autoscaling"],
  ].join(",");
  const roles = {
    looks: ["--verb=get,list,watch", `--resource=${resources}`],
    leases: ["--verb=get,list,watch,create,update", "--resource=leases.coordination.k8s.io"],
  };
  for (const [role, rules] of Object.entries(roles)) {
    await onlooker.kubectl("create", "role", role, ...rules);
    await onlooker.kubectl("create", "rolebinding", role, `--role=${role}`, "--user=eve");
  }
  const may = async (...what: readonly string[]): Promise<boolean> =>
    (await onlooker.kubectl("auth", "can-i", ...what, "--as=eve")).code === 0;
  await until("eve's rights", async () => ((await may("update", "leases")) ? true : undefined));
  return attempt(stage, {
    to: 1,
    options: { person: "eve" },
    because: async () => ((await may("create", "secrets")) ? undefined : "may not create secrets"),
  });
}

/** The connection of the person's computer breaks while helm waits, and comes back once helm has ended. */
export async function connectionCut(stage: Stage): Promise<Both> {
  await stage.deploy("A", { word: "notready", isAwaited: false });
  await stage.deploy("B");
  const wire = await openWire(stage.cluster);
  try {
    return await attempt(stage, {
      to: 1,
      withoutPods: true,
      options: { kubeconfig: await wire.kubeconfig("ann", CONTEXT, stage.folder), timeoutMinutes: 0.2 },
      meanwhile: async () => {
        await untilHelmWaits(stage, "pending-rollback");
        wire.cut();
      },
      afterwards: (panel) => {
        wire.mend();
        panel.refresh();
        return Promise.resolve();
      },
      because: () => Promise.resolve("unreachable"),
    });
  } finally {
    wire.close();
  }
}
