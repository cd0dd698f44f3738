import type { JsonObject } from "./json.ts";
import { at, objectsOf, textOf } from "./json.ts";
import { nameOf } from "./object.ts";
import { containersOf, initContainersOf, logOf } from "./podFate.ts";
import { badRequest, type Refusal } from "./refusal.ts";

/** What a container has written, or why that is not to be had, in the words of API server and kubelet. */
export function podLog(pod: JsonObject, query: URLSearchParams): string | Refusal {
  const containers = [...initContainersOf(pod), ...containersOf(pod)];
  const asked = query.get("container") ?? "";
  const only = containers.length === 1 ? containers[0] : undefined;
  const found = asked === "" ? only : containers.find(({ name }) => name === asked);
  if (found === undefined)
    return badRequest(
      noContainer(
        pod,
        asked,
        containers.map(({ name }) => name),
      ),
    );
  const place = `container "${found.name}" in pod "${nameOf(pod)}"`;
  const status = ["containerStatuses", "initContainerStatuses"]
    .flatMap((field) => objectsOf(at(pod, "status", field)))
    .find(({ name }) => name === found.name);
  if (status === undefined) return badRequest(`${place} is not available`);
  const hasEnded = at(status, "lastState", "terminated") !== undefined;
  if (query.get("previous") === "true") {
    return hasEnded ? cut(logOf(found), query) : badRequest(`previous terminated ${place} not found`);
  }
  const waiting = textOf(at(status, "state", "waiting", "reason"));
  if (waiting === "" || hasEnded) return cut(logOf(found), query);
  return badRequest(`${place} is waiting to start: ${waitingWords(waiting)}`);
}

function noContainer(pod: JsonObject, asked: string, names: readonly string[]): string {
  return asked === ""
    ? `a container name must be specified for pod ${nameOf(pod)}, choose one of: [${names.join(" ")}]`
    : `container ${asked} is not valid for pod ${nameOf(pod)}`;
}

function cut(lines: readonly string[], query: URLSearchParams): string {
  const tail = Number(query.get("tailLines") ?? lines.length);
  const text = (tail === 0 ? [] : lines.slice(-tail)).map((line) => `${line}\n`).join("");
  return text.slice(0, Number(query.get("limitBytes") ?? text.length));
}

function waitingWords(reason: string): string {
  switch (reason) {
    case "ErrImagePull":
      return "image can't be pulled";
    case "ImagePullBackOff":
      return "trying and failing to pull image";
    default:
      return reason;
  }
}
