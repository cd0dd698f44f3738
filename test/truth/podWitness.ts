import { at, listAt, textAt } from "../contract/json.ts";
import type { BareStage } from "./bareStage.ts";

/** Says with kubectl alone what is wrong with a pod; undefined where nothing shows. */
export async function podWitness(stage: BareStage, pod: unknown): Promise<string | undefined> {
  const name = textAt(pod, "metadata", "name");
  if (at(pod, "status", "phase") === "Failed")
    return `${name} ended by its node: ${textAt(pod, "status", "reason")}`;
  const scheduled = condition(pod, "PodScheduled");
  if (at(scheduled, "status") === "False")
    return `no node for ${name}: ${textAt(scheduled, "message").replace(/\.$/u, "")}`;
  const lost = await lostNode(stage, pod);
  if (lost !== undefined) return `node ${lost} of ${name} does not answer`;
  const events = await eventsOf(stage, pod);
  for (const container of containersOf(pod)) {
    const told = await containerWitness(stage, { pod, container, events });
    if (told !== undefined) return told;
  }
  return ofThePod(pod, name, events);
}

/** Somebody has to have said that the node is gone; most pods here have none. */
async function lostNode(stage: BareStage, pod: unknown): Promise<string | undefined> {
  const node = at(pod, "spec", "nodeName");
  if (typeof node !== "string") return undefined;
  const ready = condition(await stage.get(`node/${node}`), "Ready");
  return at(ready, "status") === "True" ? undefined : node;
}

function ofThePod(pod: unknown, name: string, events: readonly unknown[]): string | undefined {
  const told = events.findLast((event) =>
    /^Failed(?:Mount|AttachVolume|CreatePodSandBox)$/u.test(String(at(event, "reason"))),
  );
  if (told !== undefined) {
    const message = textAt(told, "message");
    const secret = /secret "(?<name>[^"]+)" not found/u.exec(message)?.groups?.["name"];
    if (secret !== undefined) return `${name} lacks Secret ${secret}`;
    const volume = /volume "(?<name>[^"]+)"/u.exec(message)?.groups?.["name"];
    return volume === undefined ? `${name} not created: ${message}` : `${name} lacks volume ${volume}`;
  }
  const gate = listAt(pod, "spec", "readinessGates")
    .map((one) => textAt(one, "conditionType"))
    .find((type) => at(condition(pod, type), "status") !== "True");
  return gate === undefined ? undefined : `gate ${gate} of ${name} not open`;
}

interface Container {
  readonly spec: unknown;
  readonly status: unknown;
  readonly role: "container" | "init container" | "sidecar";
}

function containersOf(pod: unknown): readonly Container[] {
  const all = (list: string, statuses: string, isInit: boolean): readonly Container[] =>
    listAt(pod, "spec", list).map((spec) => ({
      spec,
      status: listAt(pod, "status", statuses).find((one) => at(one, "name") === at(spec, "name")),
      role: isInit ? (at(spec, "restartPolicy") === "Always" ? "sidecar" : "init container") : "container",
    }));
  return [
    ...all("initContainers", "initContainerStatuses", true),
    ...all("containers", "containerStatuses", false),
  ];
}

interface Seen {
  readonly pod: unknown;
  readonly container: Container;
  readonly events: readonly unknown[];
}

async function containerWitness(stage: BareStage, seen: Seen): Promise<string | undefined> {
  const { container, pod } = seen;
  const { status, role, spec } = container;
  const reason = at(status, "state", "waiting", "reason");
  if (typeof reason === "string" && reason !== "CrashLoopBackOff") return waits(seen, reason);
  const end = at(status, "state", "terminated") ?? at(status, "lastState", "terminated");
  const place = `${role} ${textAt(spec, "name")} of ${textAt(pod, "metadata", "name")}`;
  if (end !== undefined) {
    const isDone = role === "init container" && at(end, "exitCode") === 0;
    return isDone ? undefined : `${place} ${endWords(seen, end)}${await logWords(stage, seen)}`;
  }
  if (at(status, "state", "running") === undefined || at(status, "ready") === true) return undefined;
  if (role === "init container") return `${place} still runs${await logWords(stage, seen)}`;
  const answer = heard(seen.events, "Unhealthy");
  const told = answer === undefined ? "" : `: ${answer}${question(spec, "readinessProbe")}`;
  return `${place} not ready${told}${await logWords(stage, seen)}`;
}

function waits({ container, pod }: Seen, reason: string): string | undefined {
  const { spec, status, role } = container;
  const message = said(at(status, "state", "waiting", "message"));
  const name = textAt(pod, "metadata", "name");
  if (reason === "ContainerCreating" || reason === "PodInitializing") return undefined;
  if (/^(?:ErrImagePull|ImagePullBackOff|InvalidImageName)$/u.test(reason)) {
    const who = role === "container" ? "" : ` (${role} ${textAt(spec, "name")})`;
    return `${imageWords(reason, message)}: ${textAt(spec, "image")}${who}`;
  }
  const found = /^(?:secret|configmap) "(?<name>[^"]+)" not found$/u.exec(message)?.groups?.["name"];
  if (found !== undefined)
    return `${name} lacks ${message.startsWith("secret") ? "Secret" : "ConfigMap"} ${found}`;
  const key = /^couldn't find key (?<key>\S+) in/u.exec(message)?.groups?.["key"];
  if (key !== undefined) return `${name} lacks key ${key}`;
  return `${role} ${textAt(spec, "name")} of ${name} cannot start: ${reason}`;
}

function imageWords(reason: string, message: string): string {
  if (reason === "InvalidImageName") return "image name invalid";
  if (message.includes("no match for platform")) return "image for another processor";
  if (message.includes("401 Unauthorized")) return "image denied";
  return message.endsWith("not found") ? "image not found" : "registry does not answer";
}

function endWords({ container: { spec, role }, events }: Seen, end: unknown): string {
  if (at(end, "reason") === "OOMKilled") {
    return `out of memory, limit ${String(at(spec, "resources", "limits", "memory"))}`;
  }
  if (heard(events, "Killing")?.includes("failed liveness probe") === true) {
    return `killed by its probe: ${heard(events, "Unhealthy") ?? ""}${question(spec, "livenessProbe")}`;
  }
  return `${role === "init container" ? "fails" : "ends"}, exit code ${Number(at(end, "exitCode"))}`;
}

/** The last line that it wrote; what looks like a password in it must not be shown. */
async function logWords(stage: BareStage, { pod, container: { spec, status } }: Seen): Promise<string> {
  const before =
    at(status, "lastState", "terminated") !== undefined && at(status, "state", "terminated") === undefined;
  const { code, stdout } = await stage.run(
    ...["logs", textAt(pod, "metadata", "name"), "--container", textAt(spec, "name"), `--previous=${before}`],
  );
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  if (code !== 0 || last === "") return "";
  return `; last words: ${last}${stdout.includes("hunter2") ? "; a password hidden" : ""}`;
}

function question(spec: unknown, key: string): string {
  const http = at(spec, key, "httpGet");
  return http === undefined ? "" : ` (HTTP GET :${String(at(http, "port"))}${textAt(http, "path")})`;
}

async function eventsOf(stage: BareStage, pod: unknown): Promise<readonly unknown[]> {
  const selector = `--field-selector=involvedObject.uid=${textAt(pod, "metadata", "uid")}`;
  return listAt(await stage.get("events", selector), "items");
}

const heard = (events: readonly unknown[], reason: string): string | undefined =>
  events.filter((event) => at(event, "reason") === reason).map((event) => textAt(event, "message"))[0];

const said = (value: unknown): string => (typeof value === "string" ? value : "");

const condition = (object: unknown, type: string): unknown =>
  listAt(object, "status", "conditions").find((one) => at(one, "type") === type);
