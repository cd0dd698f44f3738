import { openWire, type Wire } from "../contract/cutWire.ts";
import { until } from "../builders/waiting.ts";
import { sentence } from "./account.ts";
import { attempt, nameOf, untilHelmWaits, type Attempt, type Both } from "./attempt.ts";
import { killableHelm } from "./killableHelm.ts";
import { openPanel, type Panel } from "./panel.ts";
import { accountTold } from "./said.ts";
import { CONTEXT, RELEASE, type Stage } from "./stage.ts";

/** Long enough for helm to be cut off while it still waits. */
const CUT_MINUTES = 0.2;

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
    withoutPods: true,
    options: { person: "eve" },
    because: async () => ((await may("create", "secrets")) ? undefined : "may not create secrets"),
  });
}

/** The connection of the person's computer breaks while helm waits, and is there again soon after helm has ended. */
export function connectionCut(stage: Stage): Promise<Both> {
  const helm = killableHelm(stage.folder, stage.helm.path);
  return withCutWire(stage, helm.path, {
    meanwhile: async (wire, panel) => {
      await helm.ended();
      await until("a panel that knows it is cut off", () =>
        panel.snapshot().liveness.kind === "live" ? undefined : true,
      );
      wire.mend();
    },
  });
}

/** The connection does not come back before the panel has given up: then it knows nothing, and later it does. */
export function connectionStaysCut(stage: Stage): Promise<Both> {
  return withCutWire(stage, stage.helm.path, {
    withoutPods: true,
    afterwards: (wire, panel) => {
      wire.mend();
      panel.refresh();
      return Promise.resolve();
    },
    because: () => Promise.resolve("unreachable"),
  });
}

interface Cutting extends Pick<Attempt, "withoutPods" | "because"> {
  readonly meanwhile?: (wire: Wire, panel: Panel) => Promise<void>;
  readonly afterwards?: (wire: Wire, panel: Panel) => Promise<void>;
}

async function withCutWire(stage: Stage, helm: string, how: Cutting): Promise<Both> {
  await stage.deploy("A", { word: "notready", isAwaited: false });
  await stage.deploy("B");
  const wire = await openWire(stage.cluster);
  const kubeconfig = await wire.kubeconfig("ann", CONTEXT, stage.folder);
  const { meanwhile, afterwards, ...others } = how;
  try {
    return await attempt(stage, {
      ...others,
      to: 1,
      options: { helm, kubeconfig, timeoutMinutes: CUT_MINUTES },
      meanwhile: async (panel) => {
        await untilHelmWaits(stage, "pending-rollback");
        wire.cut();
        await meanwhile?.(wire, panel);
      },
      afterwards: async (panel) => {
        await afterwards?.(wire, panel);
      },
    });
  } finally {
    wire.close();
  }
}
