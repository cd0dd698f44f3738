import type { JsonObject } from "../json.ts";
import { childOf, isObject, objectsOf, setDefault, textOf } from "../json.ts";

/** Fills in what the API server fills in for a pod or a pod template. Changes the spec in place. */
export function defaultPodSpec(spec: JsonObject): void {
  for (const volume of objectsOf(spec["volumes"])) defaultVolume(volume);
  for (const field of ["initContainers", "containers"]) {
    for (const container of objectsOf(spec[field])) defaultContainer(container);
  }
  setDefault(spec, "restartPolicy", "Always");
  setDefault(spec, "terminationGracePeriodSeconds", 30);
  setDefault(spec, "dnsPolicy", "ClusterFirst");
  setDefault(spec, "securityContext", {});
  setDefault(spec, "schedulerName", "default-scheduler");
  // The old name of the field is kept beside the new one.
  const account = spec["serviceAccountName"] ?? spec["serviceAccount"];
  if (account !== undefined) {
    spec["serviceAccountName"] = account;
    spec["serviceAccount"] = account;
  }
}

function defaultVolume(volume: JsonObject): void {
  const hasSource = Object.keys(volume).some((key) => key !== "name");
  if (!hasSource) volume["emptyDir"] = {};
  for (const source of ["configMap", "secret", "projected", "downwardAPI"]) {
    const found = volume[source];
    if (isObject(found)) setDefault(found, "defaultMode", 420);
  }
  const hostPath = volume["hostPath"];
  if (isObject(hostPath)) setDefault(hostPath, "type", "");
}

function defaultContainer(container: JsonObject): void {
  for (const port of objectsOf(container["ports"])) setDefault(port, "protocol", "TCP");
  for (const variable of objectsOf(container["env"])) {
    const fieldRef = isObject(variable["valueFrom"]) ? variable["valueFrom"]["fieldRef"] : undefined;
    if (isObject(fieldRef)) setDefault(fieldRef, "apiVersion", "v1");
  }
  setDefault(container, "resources", {});
  for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"]) {
    const found = container[probe];
    if (isObject(found)) defaultProbe(found);
  }
  setDefault(container, "terminationMessagePath", "/dev/termination-log");
  setDefault(container, "terminationMessagePolicy", "File");
  setDefault(container, "imagePullPolicy", isLatest(textOf(container["image"])) ? "Always" : "IfNotPresent");
}

function defaultProbe(probe: JsonObject): void {
  const http = probe["httpGet"];
  if (isObject(http)) {
    setDefault(http, "path", "/");
    setDefault(http, "scheme", "HTTP");
  }
  const grpc = probe["grpc"];
  if (isObject(grpc)) setDefault(grpc, "service", "");
  setDefault(probe, "timeoutSeconds", 1);
  setDefault(probe, "periodSeconds", 10);
  setDefault(probe, "successThreshold", 1);
  setDefault(probe, "failureThreshold", 3);
}

function isLatest(image: string): boolean {
  if (image.includes("@")) return false;
  const tag = /:(?<tag>[^/:]+)$/u.exec(image)?.groups?.["tag"];
  return tag === undefined || tag === "latest";
}

/** What the server adds to a pod itself, beyond what a template gets. */
export function defaultPod(pod: JsonObject): void {
  const spec = childOf(pod, "spec");
  for (const field of ["initContainers", "containers"]) {
    for (const container of objectsOf(spec[field])) requestWhatIsTheLimit(container);
  }
  setDefault(spec, "enableServiceLinks", true);
  setDefault(spec, "preemptionPolicy", "PreemptLowerPriority");
  setDefault(spec, "priority", 0);
}

/** Who names only a limit asks for as much. */
function requestWhatIsTheLimit(container: JsonObject): void {
  const resources = childOf(container, "resources");
  const limits = resources["limits"];
  if (!isObject(limits)) return;
  const requests = childOf(resources, "requests");
  for (const [name, amount] of Object.entries(limits)) setDefault(requests, name, amount);
}
