import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ApiClient } from "../contract/apiClient.ts";
import { kubeconfigOf, type ServerAccess } from "../contract/kubeconfig.ts";
import { freePorts, startComponent, type Component } from "./component.ts";
import { runKubelet } from "./kubelet.ts";
import { openNode } from "./node.ts";
import { admitDevelopers, defineDeveloperRole } from "./rights.ts";

const LIMIT_MS = 60_000;

/** The people that every test cluster knows. */
const PEOPLE = ["admin", "ann", "ben", "eve"] as const;

/** A running control plane: what a client needs, and its end. */
export interface ControlPlane extends ServerAccess {
  /** Kills the API server, as a crash would; etcd and all data stay. */
  readonly killApiServer: () => Promise<void>;
  /** Starts a killed API server again, on the same port, data and certificate; resolves when it is ready. */
  readonly startApiServer: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts etcd, the API server, the controller manager and the stand-in kubelet on free ports of 127.0.0.1, with
 * people who have tokens and rights, and the namespace `devdeploy`. Takes about five seconds. Throws with the end
 * of a log when a part does not come up. Everything is in memory or in a temporary folder and ends with `stop`,
 * or with this process.
 */
export async function startControlPlane(binary: string): Promise<ControlPlane> {
  const folder = await mkdtemp(join(tmpdir(), "devdeploy-controlplane-"));
  const components: Component[] = [];
  const kubelet = new AbortController();
  const stop = async (): Promise<void> => {
    kubelet.abort();
    await Promise.all(components.map((component) => component.stop()));
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  const start = async (...call: readonly [string, ...string[]]): Promise<void> => {
    components.push(await startComponent(binary, call, join(folder, `${call[0]}.log`)));
  };
  try {
    const tokens = await writeTokens(folder);
    const [etcdPort = 0, peerPort = 0, apiPort = 0] = await freePorts(3);
    const server = `https://127.0.0.1:${apiPort}`;
    await start("etcd", ...etcdFlags(folder, etcdPort, peerPort));
    await age(`http://127.0.0.1:${etcdPort}`, components);
    const apiServer = ["apiserver", ...(await apiServerFlags(folder, etcdPort, apiPort))] as const;
    await start(...apiServer);
    const ca = await ready(server, tokens.nodes, folder, components);

    const access = { server, ca, tokens: tokens.people };
    const kubeconfig = join(folder, "controller-manager.kubeconfig");
    await writeFile(kubeconfig, kubeconfigOf(access, tokens.controllers, ["controllers"]), { mode: 0o600 });
    await start("controller-manager", ...controllerManagerFlags(kubeconfig));
    const nodes = client(server, ca, tokens.nodes);
    kubelet.signal.addEventListener("abort", await openNode(nodes));
    void runKubelet(nodes, kubelet.signal);

    const admin = client(server, ca, tokens.people["admin"] ?? "");
    await defineDeveloperRole(admin);
    await admin.post("/api/v1/namespaces", { metadata: { name: "devdeploy" } });
    await admitDevelopers(admin, "devdeploy");
    admin.close();
    return {
      ...access,
      killApiServer: async () => {
        const [running] = components.filter(({ name }) => name === "apiserver");
        if (running === undefined) return;
        components.splice(components.indexOf(running), 1);
        await running.stop();
      },
      startApiServer: async () => {
        await start(...apiServer);
        await ready(server, tokens.nodes, folder, components);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function client(server: string, ca: string, token: string): ApiClient {
  return new ApiClient({ server, options: { ca }, headers: { authorization: `Bearer ${token}` } });
}

interface Tokens {
  readonly people: Readonly<Record<string, string>>;
  readonly controllers: string;
  readonly nodes: string;
}

async function writeTokens(folder: string): Promise<Tokens> {
  const token = (): string => randomBytes(24).toString("hex");
  const people = Object.fromEntries(PEOPLE.map((person) => [person, token()]));
  const controllers = token();
  const nodes = token();
  const rows = [
    ...Object.entries(people).map(([person, secret]) =>
      person === "admin" ? `${secret},admin,admin,"system:masters"` : `${secret},${person},${person}`,
    ),
    `${controllers},system:kube-controller-manager,controllers,"system:masters"`,
    `${nodes},system:stand-in-kubelet,nodes,"system:masters"`,
  ];
  await writeFile(join(folder, "tokens.csv"), `${rows.join("\n")}\n`, { mode: 0o600 });
  return { people, controllers, nodes };
}

function etcdFlags(folder: string, clientPort: number, peerPort: number): string[] {
  const clients = `http://127.0.0.1:${clientPort}`;
  const peers = `http://127.0.0.1:${peerPort}`;
  return [
    `--data-dir=${join(folder, "etcd")}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    "--unsafe-no-fsync",
    "--log-level=error",
  ];
}

async function apiServerFlags(folder: string, etcdPort: number, port: number): Promise<string[]> {
  const keyFile = join(folder, "service-account.key");
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  await writeFile(keyFile, privateKey, { mode: 0o600 });
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    // Without these two a machine that has no network beyond itself could not run it.
    "--advertise-address=127.0.0.1",
    "--endpoint-reconciler-type=none",
    `--cert-dir=${join(folder, "certificates")}`,
    `--token-auth-file=${join(folder, "tokens.csv")}`,
    "--authorization-mode=RBAC",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${keyFile}`,
    `--service-account-signing-key-file=${keyFile}`,
    "--service-cluster-ip-range=10.0.0.0/24",
    // Pods would wait for a service account token that no node of ours mounts.
    "--disable-admission-plugins=ServiceAccount",
    "--profiling=false",
  ];
}

function controllerManagerFlags(kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    "--controllers=deployment,replicaset,garbagecollector,namespace,statefulset,daemonset,serviceaccount,resourcequota,job,pvc-protection",
    "--leader-elect=false",
    "--secure-port=0",
    "--profiling=false",
  ];
}

/**
 * Gives etcd a past that is forgotten: to the API server the first resource versions are then too old, as they are
 * in every cluster that has lived.
 */
async function age(etcd: string, components: readonly Component[]): Promise<void> {
  const call = async (path: string, body: unknown): Promise<void> => {
    const answer = await fetch(`${etcd}/v3/kv/${path}`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`etcd answered ${answer.status} to ${path}: ${await answer.text()}`);
  };
  const key = Buffer.from("/past").toString("base64");
  await retry(components, async () => {
    await call("put", { key, value: "" });
  });
  for (let revision = 1; revision < 10; revision++) await call("put", { key, value: "" });
  await call("compaction", { revision: 10, physical: true });
}

/** Waits until the API server calls itself ready; resolves with the certificates that it made for itself. */
async function ready(
  server: string,
  token: string,
  folder: string,
  components: readonly Component[],
): Promise<string> {
  return retry(components, async () => {
    const ca = await readFile(join(folder, "certificates", "apiserver.crt"), "utf8");
    const probe = client(server, ca, token);
    const { body } = await probe.get("/readyz").finally(() => {
      probe.close();
    });
    if (body !== "ok") throw new Error(`the API server is not ready: ${JSON.stringify(body)}`);
    return ca;
  });
}

/** Tries until it works; gives up when a component ends or the time is over. */
async function retry<T>(components: readonly Component[], attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    for (const component of components) {
      const failure = await component.failure();
      if (failure !== undefined) throw new Error(failure);
    }
    await delay(50);
  }
}
