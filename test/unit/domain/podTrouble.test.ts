import assert from "node:assert/strict";
import { test } from "node:test";
import type { DiagnosisCause } from "../../../src/domain/diagnosis.ts";
import { podTrouble } from "../../../src/domain/podTrouble.ts";
import type { PodFacts } from "../../../src/domain/releaseFacts.ts";
import { NOTHING_HEARD, type Heard } from "../../../src/domain/trouble.ts";
import {
  aContainer,
  aPodOf,
  aReadyPod,
  aWarning,
  crashed,
  IMAGE,
  waitingFor,
} from "../../builders/releaseFacts.ts";

const pod = "web-6d9f-x2lqp";
const where = { pod, container: "app" } as const;
const heard = (...events: Heard["events"]): Heard => ({ ...NOTHING_HEARD, events });
const notFound = `rpc error: code = NotFound desc = failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": ${IMAGE}: not found`;
const image = (why: (DiagnosisCause & { kind: "image" })["why"]): DiagnosisCause => ({
  kind: "image",
  why,
  image: IMAGE,
  ...where,
});
const unscheduled = {
  type: "PodScheduled",
  status: "False",
  reason: "Unschedulable",
  message: "0/3 nodes are available: 3 Insufficient memory.",
};

const rows: readonly (readonly [string, PodFacts, Heard, DiagnosisCause | undefined])[] = [
  ["a ready pod has no trouble", aReadyPod(), NOTHING_HEARD, undefined],
  [
    "a pod that only begins has no trouble",
    aPodOf(waitingFor("ContainerCreating")),
    NOTHING_HEARD,
    undefined,
  ],
  ["a tag that is missing", aPodOf(waitingFor("ErrImagePull", notFound)), NOTHING_HEARD, image("missing")],
  [
    "while it backs off an older kubelet says nothing, and the event of the pull does",
    aPodOf(waitingFor("ImagePullBackOff", `Back-off pulling image "${IMAGE}"`)),
    heard(aWarning("Failed", `Failed to pull image "${IMAGE}": ${notFound}`)),
    image("missing"),
  ],
  [
    "without events its cause stays open",
    aPodOf(waitingFor("ImagePullBackOff", `Back-off pulling image "${IMAGE}"`)),
    NOTHING_HEARD,
    image("other"),
  ],
  [
    "a registry that asks who it is",
    aPodOf(
      waitingFor(
        "ErrImagePull",
        "unexpected status from HEAD request to https://r/v2/app/manifests/x: 401 Unauthorized",
      ),
    ),
    NOTHING_HEARD,
    image("denied"),
  ],
  [
    "Docker Hub does not tell what is denied from what is not there",
    aPodOf(
      waitingFor(
        "ErrImagePull",
        "pull access denied, repository does not exist or may require authorization: authorization failed: not found",
      ),
    ),
    NOTHING_HEARD,
    image("denied"),
  ],
  [
    "a platform that is missing is also not found",
    aPodOf(
      waitingFor(
        "ErrImagePull",
        `failed to pull and unpack image "${IMAGE}": no match for platform in manifest: not found`,
      ),
    ),
    NOTHING_HEARD,
    image("platform"),
  ],
  [
    "a registry that does not answer",
    aPodOf(waitingFor("ErrImagePull", "dial tcp: lookup registry.example.com: no such host")),
    NOTHING_HEARD,
    image("registry"),
  ],
  [
    "too many pulls",
    aPodOf(waitingFor("ErrImagePull", "429 Too Many Requests - toomanyrequests")),
    NOTHING_HEARD,
    image("registry"),
  ],
  [
    "a name that is none",
    aPodOf(waitingFor("InvalidImageName", "couldn't parse image")),
    NOTHING_HEARD,
    image("bad-name"),
  ],
  [
    "a Secret of the environment that is missing",
    aPodOf(waitingFor("CreateContainerConfigError", 'secret "db" not found')),
    NOTHING_HEARD,
    { kind: "missing-config", resource: "Secret", name: "db", pod },
  ],
  [
    "a ConfigMap of the environment that is missing",
    aPodOf(waitingFor("CreateContainerConfigError", 'configmap "settings" not found')),
    NOTHING_HEARD,
    { kind: "missing-config", resource: "ConfigMap", name: "settings", pod },
  ],
  [
    "a key that its Secret has not got",
    aPodOf(waitingFor("CreateContainerConfigError", "couldn't find key password in Secret shop/db")),
    NOTHING_HEARD,
    { kind: "missing-config", resource: "key", name: "password", pod },
  ],
  [
    "a Secret of a volume that is missing, which only events tell",
    aPodOf(waitingFor("ContainerCreating"), { phase: "Pending" }),
    heard(aWarning("FailedMount", 'MountVolume.SetUp failed for volume "tls" : secret "tls" not found')),
    { kind: "missing-config", resource: "Secret", name: "tls", pod },
  ],
  [
    "a volume that cannot be attached",
    aPodOf(waitingFor("ContainerCreating"), { phase: "Pending" }),
    heard(aWarning("FailedAttachVolume", 'AttachVolume.Attach failed for volume "pvc-1" : timed out')),
    { kind: "missing-config", resource: "volume", name: "pvc-1", pod },
  ],
  [
    "a user that may not be root",
    aPodOf(waitingFor("CreateContainerConfigError", "container has runAsNonRoot and image will run as root")),
    NOTHING_HEARD,
    { kind: "cannot-start", reason: "CreateContainerConfigError", ...where },
  ],
  [
    "a command that is not there",
    aPodOf(crashed(127, "ContainerCannotRun")),
    NOTHING_HEARD,
    { kind: "cannot-start", reason: "ContainerCannotRun", ...where },
  ],
  [
    "a crash loop",
    aPodOf(crashed(1)),
    NOTHING_HEARD,
    { kind: "crash-loop", exitCode: 1, restarts: 3, ...where },
  ],
  [
    "a container that has ended for the first time",
    aPodOf({ state: { kind: "terminated", exitCode: 2, reason: "Error", message: "" } }),
    NOTHING_HEARD,
    { kind: "crash-loop", exitCode: 2, restarts: 0, ...where },
  ],
  [
    "one that is up again for now, and was not ready before it ended",
    aPodOf({ last: { exitCode: 1, reason: "Error", message: "" }, restarts: 1 }),
    NOTHING_HEARD,
    { kind: "crash-loop", exitCode: 1, restarts: 1, ...where },
  ],
  [
    "an application that ends well although it should stay",
    aPodOf(crashed(0, "Completed")),
    NOTHING_HEARD,
    { kind: "crash-loop", exitCode: 0, restarts: 3, ...where },
  ],
  [
    "a binary for another processor says so in its log alone",
    aPodOf(crashed(255)),
    { events: [], log: "exec /app: exec format error" },
    image("platform"),
  ],
  [
    "memory",
    aPodOf(crashed(137, "OOMKilled", { memoryLimit: "256Mi" })),
    NOTHING_HEARD,
    { kind: "out-of-memory", limit: "256Mi", ...where },
  ],
  [
    "memory, just when it happens",
    aPodOf({ state: { kind: "terminated", exitCode: 137, reason: "OOMKilled", message: "" } }),
    NOTHING_HEARD,
    { kind: "out-of-memory", limit: undefined, ...where },
  ],
  [
    "an init container that fails is named, and the others only wait for it",
    aPodOf(
      {},
      {
        phase: "Pending",
        containers: [
          aContainer({ name: "migrate", isInit: true, ...crashed(1) }),
          aContainer(waitingFor("PodInitializing")),
        ],
      },
    ),
    NOTHING_HEARD,
    { kind: "init-failed", exitCode: 1, restarts: 3, pod, container: "migrate" },
  ],
  [
    "a readiness probe and its answer",
    aPodOf({ readinessProbe: "HTTP GET :8080/healthz" }),
    heard(
      aWarning("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", { count: 4 }),
    ),
    {
      kind: "not-ready",
      probe: "Readiness probe failed: HTTP probe failed with statuscode: 503 (HTTP GET :8080/healthz)",
      ...where,
    },
  ],
  ["not ready, without events", aPodOf(), NOTHING_HEARD, { kind: "not-ready", probe: undefined, ...where }],
  [
    "a liveness probe that kills is the cause, not the exit code",
    aPodOf(crashed(137)),
    heard(
      aWarning("Unhealthy", "Liveness probe failed: dial tcp 10.1.0.7:8080: connect: connection refused"),
    ),
    {
      kind: "killed-by-probe",
      which: "liveness",
      probe: "Liveness probe failed: dial tcp 10.1.0.7:8080: connect: connection refused",
      restarts: 3,
      ...where,
    },
  ],
  [
    "the kubelet's word for the killing is enough, whatever the exit code",
    aPodOf({ last: { exitCode: 0, reason: "Completed", message: "" }, restarts: 2 }),
    heard(
      aWarning("Killing", "Container app failed startup probe, will be restarted", {
        isWarning: false,
        container: "app",
      }),
    ),
    { kind: "killed-by-probe", which: "startup", probe: undefined, restarts: 2, ...where },
  ],
  [
    "what a probe of another container got says nothing of this one",
    aPodOf(crashed(143)),
    heard(aWarning("Unhealthy", "Liveness probe failed: timeout", { container: "proxy" })),
    { kind: "crash-loop", exitCode: 143, restarts: 3, ...where },
  ],
  [
    "an init container that does not come to its end",
    aPodOf(
      {},
      {
        phase: "Pending",
        containers: [
          aContainer({ name: "wait-for-db", isInit: true }),
          aContainer(waitingFor("PodInitializing")),
        ],
      },
    ),
    NOTHING_HEARD,
    { kind: "init-running", pod, container: "wait-for-db" },
  ],
  [
    "a sidecar is named as one, and the application only waits for it",
    aPodOf(
      {},
      {
        phase: "Pending",
        containers: [
          aContainer({ name: "proxy", isSidecar: true, ...crashed(1) }),
          aContainer(waitingFor("PodInitializing")),
        ],
      },
    ),
    NOTHING_HEARD,
    { kind: "crash-loop", exitCode: 1, restarts: 3, pod, container: "proxy", role: "sidecar" },
  ],
  [
    "the image of an init container",
    aPodOf({ isInit: true, ...waitingFor("ErrImagePull", notFound) }, { phase: "Pending" }),
    NOTHING_HEARD,
    { kind: "image", why: "missing", image: IMAGE, role: "init", ...where },
  ],
  [
    "a gate that nobody opens, while all containers are ready",
    aPodOf(
      { isReady: true },
      {
        gates: ["example.com/balanced"],
        conditions: [{ type: "ContainersReady", status: "True", reason: "", message: "" }],
      },
    ),
    NOTHING_HEARD,
    { kind: "readiness-gate", pod, gate: "example.com/balanced" },
  ],
  [
    "a network that is not there, which only events tell",
    aPodOf(waitingFor("ContainerCreating"), { phase: "Pending" }),
    heard(aWarning("FailedCreatePodSandBox", "failed to set up pod network: no addresses left")),
    { kind: "stuck-creating", pod, message: "failed to set up pod network: no addresses left" },
  ],
  [
    "a node that does not answer",
    aPodOf({ isReady: true }, { node: { name: "node-2", isReady: false } }),
    NOTHING_HEARD,
    { kind: "node-lost", pod, node: "node-2" },
  ],
  [
    "where nodes may not be read, the pod's own events tell",
    aPodOf({ isReady: true }),
    heard(aWarning("NodeNotReady", "Node is not ready")),
    { kind: "node-lost", pod, node: "" },
  ],
  [
    "who may read neither nodes nor events sees a pod that is not ready although all in it is",
    aPodOf(
      { isReady: true },
      {
        node: { name: "node-2" },
        conditions: [{ type: "ContainersReady", status: "True", reason: "", message: "" }],
      },
    ),
    NOTHING_HEARD,
    { kind: "node-lost", pod, node: "node-2" },
  ],
  [
    "a pod that is gated from being placed",
    aPodOf(
      { state: { kind: "unknown" } },
      {
        phase: "Pending",
        conditions: [
          {
            ...{ type: "PodScheduled", status: "False", reason: "SchedulingGated" },
            message: "Scheduling is blocked due to non-empty scheduling gates",
          },
        ],
      },
    ),
    NOTHING_HEARD,
    { kind: "unschedulable", pod, message: "Scheduling is blocked due to non-empty scheduling gates" },
  ],
  [
    "no node",
    aPodOf({ state: { kind: "unknown" } }, { phase: "Pending", conditions: [unscheduled] }),
    NOTHING_HEARD,
    { kind: "unschedulable", pod, message: unscheduled.message },
  ],
  [
    "a node that ends its pods",
    aPodOf(
      { state: { kind: "unknown" } },
      { phase: "Failed", reason: "Evicted", message: "The node was low on resource: memory." },
    ),
    NOTHING_HEARD,
    { kind: "evicted", pod, reason: "Evicted" },
  ],
  [
    "what no time heals tells more than what has not come about yet",
    aPodOf(
      {},
      {
        containers: [
          aContainer({ name: "proxy" }),
          aContainer({ name: "app", ...waitingFor("ErrImagePull", notFound) }),
        ],
      },
    ),
    heard(aWarning("Unhealthy", "Readiness probe failed: timeout")),
    image("missing"),
  ],
  [
    "one that is ready again after it was restarted once",
    aPodOf(
      { isReady: true, last: { exitCode: 1, reason: "Error", message: "" }, restarts: 1 },
      { isReady: true },
    ),
    NOTHING_HEARD,
    { kind: "crash-loop", exitCode: 1, restarts: 1, ...where },
  ],
];

for (const [name, facts, heardOfIt, cause] of rows) {
  test(name, () => {
    assert.deepEqual(podTrouble(facts, heardOfIt)?.cause, cause);
  });
}
