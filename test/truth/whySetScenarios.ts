import type { Both } from "./attempt.ts";
import { aWorkload, imageOf, type BareStage, type Wish } from "./bareStage.ts";
import { crashLoop, running, setPod, waiting, withPod, type SetContainer, type SetPod } from "./podStates.ts";
import { whyOf } from "./whyAttempt.ts";
import type { BareScenario } from "./whyScenarios.ts";
import { at, fieldsOf, listAt, textAt } from "../contract/json.ts";

const app = (web: SetContainer, set: SetPod = {}): SetPod => ({ ...set, containers: { web } });
const init = (name: string, more: object = {}): Wish => ({
  pod: { initContainers: [{ name, image: imageOf("a1"), ...more }] },
});
const NOT_CREATED = app(waiting("ContainerCreating"));

/** What nodes do, whose kubelet here is told what to say: the pod's status and its events are set by hand. */
export const WHY_SET_SCENARIOS: readonly BareScenario[] = [
  set(
    "image name invalid",
    /^image name invalid/u,
    app(waiting("InvalidImageName", "couldn't parse image")),
    {
      image: "registry.example.com/Shop/Web:unschedulable-a1",
    },
  ),
  set(
    "registry does not answer",
    /^registry does not answer/u,
    app(waiting("ErrImagePull", "failed to pull: dial tcp 10.0.0.9:443: i/o timeout")),
  ),
  set(
    "image of an init container",
    /\(init container migrate\)$/u,
    {
      init: { migrate: waiting("ImagePullBackOff", `Back-off pulling image: ${imageOf("a1")}: not found`) },
    },
    init("migrate"),
  ),
  set("ConfigMap missing", /lacks ConfigMap settings$/u, app(config('configmap "settings" not found')), {
    container: { envFrom: [{ configMapRef: { name: "settings" } }] },
  }),
  { name: "why: key missing", play: missingKey },
  set(
    "Secret of a volume missing",
    /lacks Secret tls$/u,
    {
      ...NOT_CREATED,
      events: [
        {
          reason: "FailedMount",
          message: 'MountVolume.SetUp failed for volume "tls" : secret "tls" not found',
        },
      ],
    },
    { pod: { volumes: [{ name: "tls", secret: { secretName: "tls" } }] } },
  ),
  set("volume not attached", /lacks volume pvc-1$/u, {
    ...NOT_CREATED,
    events: [
      {
        reason: "FailedAttachVolume",
        message: 'AttachVolume.Attach failed for volume "pvc-1" : it is in use',
      },
    ],
  }),
  set("network of the pod", /not created: Failed to create pod sandbox/u, {
    ...NOT_CREATED,
    events: [
      { reason: "FailedCreatePodSandBox", message: "Failed to create pod sandbox: no addresses are left" },
    ],
  }),
  set(
    "may not run as root",
    /cannot start: CreateContainerConfigError$/u,
    app(config("container has runAsNonRoot")),
  ),
  ...[2, 126, 127, 137, 139, 143].map((code) =>
    set(
      `exit code ${code}`,
      new RegExp(`ends, exit code ${code}$`, "u"),
      app(crashLoop(code), { phase: "Running" }),
    ),
  ),
  set("out of memory just now", /out of memory, limit 64Mi$/u, {
    phase: "Running",
    containers: { web: { state: { terminated: { exitCode: 137, reason: "OOMKilled" } } } },
  }),
  set(
    "init container still at work",
    /^init container wait .* still runs$/u,
    { init: { wait: running(false) } },
    init("wait"),
  ),
  set(
    "sidecar crashes",
    /^sidecar proxy .* ends, exit code 1$/u,
    { init: { proxy: crashLoop(1) } },
    init("proxy", { restartPolicy: "Always" }),
  ),
  set(
    "liveness probe kills",
    /killed by its probe: Liveness probe failed: .*\(HTTP GET :8080\/live\)$/u,
    app(crashLoop(137), {
      phase: "Running",
      events: [
        {
          reason: "Unhealthy",
          message: "Liveness probe failed: HTTP probe failed with statuscode: 500",
          container: "web",
        },
        {
          reason: "Killing",
          message: "Container web failed liveness probe, will be restarted",
          type: "Normal",
          container: "web",
        },
      ],
    }),
    { container: { livenessProbe: { httpGet: { path: "/live", port: 8080 } } } },
  ),
  set(
    "readiness gate",
    /^gate example\.com\/balanced of .* not open$/u,
    app(running(true), {
      phase: "Running",
      conditions: [
        { type: "ContainersReady", status: "True" },
        { type: "Ready", status: "False", reason: "ReadinessGatesNotReady" },
      ],
    }),
    { pod: { readinessGates: [{ conditionType: "example.com/balanced" }] } },
  ),
  { name: "why: evicted", play: evicted },
  { name: "why: node gone", play: nodeGone },
];

function config(message: string): SetContainer {
  return waiting("CreateContainerConfigError", message);
}

function set(name: string, is: RegExp, pod: SetPod, wish: Wish = {}): BareScenario {
  return {
    name: `why: ${name}`,
    play: async (stage) => {
      await withPod(stage, pod, wish);
      return whyOf(stage, { is });
    },
  };
}

/** The Secret is really there, and really has not got the key. */
async function missingKey(stage: BareStage): Promise<Both> {
  await stage.kubectlDo("create", "secret", "generic", "db", "--from-literal=user=app");
  const env = [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "passphrase" } } }];
  const message = `couldn't find key passphrase in Secret ${stage.namespace}/db`;
  await withPod(stage, app(config(message)), { container: { env } });
  return whyOf(stage, { is: /lacks key passphrase$/u });
}

/** The ReplicaSet makes another pod at once, which does not run yet. */
async function evicted(stage: BareStage): Promise<Both> {
  const message = "The node was low on resource: memory.";
  await withPod(stage, { phase: "Failed", reason: "Evicted", message });
  await setPod(stage, NOT_CREATED);
  return whyOf(stage, { is: /ended by its node: Evicted$/u });
}

/** A Node of its own that is not ready; the node controller says so of its pods, and does not run here. */
async function nodeGone(stage: BareStage): Promise<Both> {
  const node = `gone-${stage.namespace}`;
  await stage.create({
    ...{ apiVersion: "v1", kind: "Node", metadata: { name: node } },
    status: {
      conditions: [{ type: "Ready", status: "Unknown", reason: "NodeStatusUnknown", message: "silent" }],
    },
  });
  await stage.create(aWorkload("a1", { pod: { nodeName: node } }));
  const pod = await stage.pod((one) => at(one, "status", "containerStatuses", 0, "ready") === true);
  const name = textAt(pod, "metadata", "name");
  const conditions = listAt(pod, "status", "conditions").map((one) =>
    at(one, "type") === "Ready" ? { ...fieldsOf(one), status: "False" } : one,
  );
  await stage.patch(`pod/${name}`, { status: { conditions } }, "--subresource=status");
  return whyOf(stage, { is: /^node gone-.* does not answer$/u });
}
