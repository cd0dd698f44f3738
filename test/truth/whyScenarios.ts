import { until } from "../builders/waiting.ts";
import { at, listAt, textAt } from "../contract/json.ts";
import type { Both } from "./attempt.ts";
import { aWorkload, imageOf, isReady, setImage, type BareStage, type Wish } from "./bareStage.ts";
import { whyOf, type WhyAttempt } from "./whyAttempt.ts";

/** A story of a workload that helm knows nothing of. It is played once. */
export interface BareScenario {
  readonly name: string;
  play(stage: BareStage): Promise<Both>;
}

const PROBE = { readinessProbe: { httpGet: { path: "/healthz", port: 8080 } } };
const INIT = { initContainers: [{ name: "migrate", image: imageOf("a1") }] };

/** What the API server, the controllers and the stand-in kubelet do by themselves. */
export const WHY_SCENARIOS: readonly BareScenario[] = [
  fate("image not found", "missing-a1", { is: /^image not found/u }),
  fate("image denied", "denied-a1", { is: /^image denied/u }),
  fate("image for another processor", "wrongarch-a1", { is: /^image for another/u }),
  fate("crash loop", "crash-a1", { is: /exit code 1; last words.*a password hidden$/u }),
  fate("out of memory", "oom-a1", { is: /out of memory, limit 64Mi; last words/u }),
  fate("init container fails", "initfail-a1", { is: /^init container migrate .* fails/u }, { pod: INIT }),
  fate(
    "readiness probe fails",
    "notready-a1",
    { is: /not ready: Readiness probe failed/u },
    { container: PROBE },
  ),
  fate("no node", "unschedulable-a1", { is: /^no node for/u }),
  { name: "why: Secret missing", play: missingSecret },
  { name: "why: quota", play: (stage) => quota(stage, "pods") },
  { name: "why: quota of ReplicaSets", play: (stage) => quota(stage, "count/replicasets.apps") },
  { name: "why: Pod Security", play: podSecurity },
  { name: "why: admission policy", play: admissionPolicy },
  { name: "why: scaled to zero", play: scaledToZero },
  { name: "why: scaled to zero, with an autoscaler", play: autoscaled },
  { name: "why: paused", play: paused },
  { name: "why: minReadySeconds", play: notYetAvailable },
  { name: "why: deadline exceeded", play: tookTooLong },
  { name: "why: deleted while rolled out", play: deleted },
  { name: "why: old pod kept by a finalizer", play: keptByFinalizer },
  { name: "why: StatefulSet waits for a broken pod", play: brokenInOrder },
  { name: "why: StatefulSet with OnDelete", play: onDelete },
  { name: "why: StatefulSet with a partition", play: partition },
  { name: "why: StatefulSet whose pods are turned away", play: refusedInOrder },
  { name: "why: old pods crash, new ones are well", play: oldOnesCrash },
  { name: "why: another's ReplicaSet with the same labels", play: anothersSet },
  { name: "why: events and logs may not be read", play: withoutEvents },
];

function fate(name: string, tag: string, how: WhyAttempt, wish: Wish = {}): BareScenario {
  return {
    name: `why: ${name}`,
    play: async (stage) => {
      await stage.create(aWorkload(tag, wish));
      return whyOf(stage, how);
    },
  };
}

/** The Secret is really not there; that the kubelet says so is its part. */
async function missingSecret(stage: BareStage): Promise<Both> {
  const env = [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "password" } } }];
  await stage.create(aWorkload("noconfig-a1", { container: { env } }));
  if ((await stage.get("secret/db")) !== undefined) throw new Error("the Secret is there");
  return whyOf(stage, { is: /lacks Secret db$/u });
}

async function quota(stage: BareStage, what: string): Promise<Both> {
  await stage.kubectlDo("create", "quota", "small", `--hard=${what}=0`);
  // It is enforced once its controller has counted.
  await until("a quota that counts", async () =>
    at(await stage.get("quota/small"), "status", "used", what) === undefined ? undefined : true,
  );
  await stage.create(aWorkload("a1"));
  return whyOf(stage, { is: /^quota: exceeded quota: small/u });
}

async function podSecurity(stage: BareStage): Promise<Both> {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await stage.patch(`namespace/${stage.namespace}`, { metadata: { labels } });
  await stage.create(aWorkload("a1"));
  return whyOf(stage, { is: /^turned away: violates PodSecurity/u });
}

/** A policy of this namespace alone; it takes effect some moments after it is made. */
export async function makePolicy(stage: BareStage): Promise<void> {
  const { namespace } = stage;
  const group = "admissionregistration.k8s.io/v1";
  await stage.create({
    ...{ apiVersion: group, kind: "ValidatingAdmissionPolicy", metadata: { name: namespace } },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
        ],
      },
      validations: [{ expression: "has(object.metadata.annotations)", message: "pods have to be annotated" }],
    },
  });
  await stage.create({
    ...{ apiVersion: group, kind: "ValidatingAdmissionPolicyBinding", metadata: { name: namespace } },
    spec: {
      policyName: namespace,
      validationActions: ["Deny"],
      matchResources: { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } },
    },
  });
  const probe = ["run", "probe", "--image=probe", "--dry-run=server"];
  await until("a policy that is enforced", async () =>
    (await stage.run(...probe)).code === 0 ? undefined : true,
  );
}

async function admissionPolicy(stage: BareStage): Promise<Both> {
  await makePolicy(stage);
  await stage.create(aWorkload("a1"));
  return whyOf(stage, { is: /^turned away: ValidatingAdmissionPolicy/u });
}

async function refusedInOrder(stage: BareStage): Promise<Both> {
  await makePolicy(stage);
  await stage.create(aWorkload("a1", { kind: "StatefulSet" }));
  return whyOf(stage, { is: /^turned away: ValidatingAdmissionPolicy/u, kind: "StatefulSet" });
}

async function scaledToZero(stage: BareStage): Promise<Both> {
  await stage.create(aWorkload("a1"));
  await stage.kubectlDo("scale", "deployment/web", "--replicas=0");
  return whyOf(stage, { is: /scaled to zero$/u });
}

async function autoscaled(stage: BareStage): Promise<Both> {
  await stage.create(aWorkload("a1", { spec: { replicas: 0 } }));
  await stage.kubectlDo("autoscale", "deployment/web", "--min=1", "--max=3", "--cpu-percent=80", "--name=up");
  return whyOf(stage, { is: /scaled to zero, autoscaler up$/u });
}

async function paused(stage: BareStage): Promise<Both> {
  await stage.create(aWorkload("crash-a1"));
  await stage.pod();
  await stage.kubectlDo("rollout", "pause", "deployment/web");
  await setImage(stage, "b2");
  return whyOf(stage, { is: /paused$/u });
}

async function notYetAvailable(stage: BareStage): Promise<Both> {
  await stage.create(aWorkload("a1", { spec: { minReadySeconds: 300 } }));
  return whyOf(stage, { is: /ready, available after 300 s$/u });
}

/** A pod of which nothing was ever told: neither its status nor an event says why. */
async function tookTooLong(stage: BareStage): Promise<Both> {
  const { setPod, waiting } = await import("./podStates.ts");
  await stage.create(aWorkload("unschedulable-a1", { spec: { progressDeadlineSeconds: 2 } }));
  await setPod(stage, { containers: { web: waiting("ContainerCreating") } });
  return whyOf(stage, { is: /took too long$/u });
}

async function deleted(stage: BareStage): Promise<Both> {
  await stage.create(aWorkload("missing-a1"));
  await stage.pod();
  await stage.kubectlDo("delete", "deployment/web");
  return whyOf(stage, { is: /gone$/u });
}

async function keptByFinalizer(stage: BareStage): Promise<Both> {
  await stage.create(aWorkload("a1", { spec: { strategy: { type: "Recreate" } } }));
  const old = `pod/${textAt(await stage.pod(isReady), "metadata", "name")}`;
  await stage.patch(old, { metadata: { finalizers: ["example.com/drain"] } });
  await setImage(stage, "b2");
  try {
    return await whyOf(stage, { is: /waits for old .*, kept by example\.com\/drain$/u });
  } finally {
    await stage.patch(old, { metadata: { finalizers: null } });
  }
}

const IN_ORDER = { kind: "StatefulSet" } as const;

async function brokenInOrder(stage: BareStage): Promise<Both> {
  await stage.create(aWorkload("missing-a1", IN_ORDER));
  await stage.pod((pod) => at(pod, "status", "containerStatuses", 0, "state", "waiting") !== undefined);
  await setImage(stage, "b2", "statefulset/web");
  return whyOf(stage, { is: /waits for old web-0, not ready$/u, kind: "StatefulSet" });
}

async function onDelete(stage: BareStage): Promise<Both> {
  await stage.create(aWorkload("a1", { ...IN_ORDER, spec: { updateStrategy: { type: "OnDelete" } } }));
  await stage.pod(isReady);
  await setImage(stage, "b2", "statefulset/web");
  return whyOf(stage, { is: /replaces no pod by itself$/u, kind: "StatefulSet" });
}

async function partition(stage: BareStage): Promise<Both> {
  const updateStrategy = { type: "RollingUpdate", rollingUpdate: { partition: 1 } };
  await stage.create(aWorkload("a1", { ...IN_ORDER, spec: { updateStrategy } }));
  await stage.pod(isReady);
  await setImage(stage, "b2", "statefulset/web");
  return whyOf(stage, { is: /replaces some pods$/u, kind: "StatefulSet" });
}

/** The old pod stays for as long as the new one is not available: long. */
async function oldOnesCrash(stage: BareStage): Promise<Both> {
  const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 };
  const spec = { strategy: { rollingUpdate }, minReadySeconds: 300 };
  await stage.create(aWorkload("crash-a1", { spec }));
  await until("an old pod that crashes", async () =>
    Number(at(await stage.pod(), "status", "containerStatuses", 0, "restartCount")) > 0 ? true : undefined,
  );
  await setImage(stage, "b2");
  return whyOf(stage, { is: /ready, available after 300 s$/u });
}

/** Its pods have the labels that the Deployment looks for; by its owner it is no business of the Deployment's. */
async function anothersSet(stage: BareStage): Promise<Both> {
  await stage.kubectlDo("create", "configmap", "somebody");
  const uid = textAt(await stage.get("configmap/somebody"), "metadata", "uid");
  const owner = { apiVersion: "v1", kind: "ConfigMap", name: "somebody", uid, controller: true };
  const { spec } = aWorkload("crash-a1") as { readonly spec: object };
  await stage.create({
    ...{ apiVersion: "apps/v1", kind: "ReplicaSet", spec },
    metadata: { name: "theirs", labels: { app: "web" }, ownerReferences: [owner] },
  });
  await stage.create(aWorkload("b2"));
  await until("both pods", async () => {
    const pods = listAt(await stage.get("pods", "--selector=app=web"), "items");
    return pods.length === 2 && pods.some(isReady) ? true : undefined;
  });
  return whyOf(stage, { is: /^nothing wrong$/u });
}

/** Eve may look at workloads and pods, and at nothing else. */
async function withoutEvents(stage: BareStage): Promise<Both> {
  const resources = "deployments.apps,replicasets.apps,pods";
  await stage.kubectlDo("create", "role", "looks", "--verb=get,list,watch", `--resource=${resources}`);
  await stage.kubectlDo("create", "rolebinding", "looks", "--role=looks", "--user=eve");
  await until("eve's rights", async () =>
    (await stage.run("auth", "can-i", "list", "pods", "--as=eve")).code === 0 ? true : undefined,
  );
  await stage.create(aWorkload("crash-a1"));
  return whyOf(stage, { is: /exit code 1/u, person: "eve", without: /; last words.*/u });
}
