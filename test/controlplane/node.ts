import { once } from "node:events";
import { createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";
import type { ApiClient } from "../contract/apiClient.ts";
import { at, listAt } from "../contract/json.ts";
import { now } from "./containerLife.ts";
import { containersOf, initContainersOf, logOf } from "./podFate.ts";

/** The one node: every pod is bound to it. */
export const NODE = "node-1";

/**
 * Makes the Node known, with an address where the API server asks for the logs of its containers. Answers how to
 * close it.
 */
export async function openNode(api: ApiClient): Promise<() => void> {
  const { private: key, cert } = await generate([{ name: "commonName", value: NODE }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
  });
  const server = createServer({ key, cert }, (request, response) => {
    void answer(api, request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await register(api, (server.address() as AddressInfo).port);
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

async function register(api: ApiClient, port: number): Promise<void> {
  await api.post("/api/v1/nodes", {
    metadata: { name: NODE, labels: { "kubernetes.io/hostname": NODE, "kubernetes.io/os": "linux" } },
  });
  const resources = { cpu: "8", memory: "16Gi", pods: "10000" };
  await api.patch("merge", `/api/v1/nodes/${NODE}/status`, {
    status: {
      addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
      capacity: resources,
      allocatable: resources,
      conditions: [
        {
          type: "Ready",
          status: "True",
          reason: "KubeletReady",
          message: "kubelet is posting ready status",
          lastHeartbeatTime: now(),
          lastTransitionTime: now(),
        },
      ],
    },
  });
  // A new node has a taint that the node lifecycle controller takes away, which does not run here.
  await api.patch("merge", `/api/v1/nodes/${NODE}`, { spec: { taints: null } });
}

/** `/containerLogs/NAMESPACE/POD/CONTAINER`, the kubelet's own path; anything else is not served. */
async function answer(api: ApiClient, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "https://node");
  const [, what, namespace = "", name = "", container = ""] = url.pathname.split("/");
  if (what !== "containerLogs") {
    response.writeHead(404).end();
    return;
  }
  const { status, body } = await api.get(`/api/v1/namespaces/${namespace}/pods/${name}`);
  const log = status === 200 ? logIn(body, { name, container }, url.searchParams) : `pod ${name} not found`;
  if (typeof log === "string") {
    response.writeHead(400, { "content-type": "text/plain" }).end(log);
    return;
  }
  const tail = Number(url.searchParams.get("tailLines") ?? log.length);
  const text = (tail === 0 ? [] : log.slice(-tail)).map((line) => `${line}\n`).join("");
  response.writeHead(200, { "content-type": "text/plain" });
  response.end(text.slice(0, Number(url.searchParams.get("limitBytes") ?? text.length)));
}

/** The lines, or why there are none, in the kubelet's words. */
function logIn(
  pod: unknown,
  { name, container }: { readonly name: string; readonly container: string },
  asked: URLSearchParams,
): readonly string[] | string {
  const status = [
    ...listAt(pod, "status", "containerStatuses"),
    ...listAt(pod, "status", "initContainerStatuses"),
  ].find((one) => at(one, "name") === container);
  const found = [...initContainersOf(pod), ...containersOf(pod)].find((one) => one.name === container);
  if (status === undefined || found === undefined) {
    return `container "${container}" in pod "${name}" is not available`;
  }
  const before = at(status, "lastState", "terminated");
  if (asked.get("previous") === "true") {
    return before === undefined
      ? `previous terminated container "${container}" in pod "${name}" not found`
      : logOf(found);
  }
  const waiting = at(status, "state", "waiting", "reason");
  if (typeof waiting !== "string" || before !== undefined) return logOf(found);
  return `container "${container}" in pod "${name}" is waiting to start: ${waitingWords(waiting)}`;
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
