import type { KubeConfig } from "@kubernetes/client-node";
import { createHash } from "node:crypto";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, type RequestOptions } from "node:https";
import type { ClusterError } from "../../domain/cluster.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { SECOND_MS } from "../../domain/time.ts";
import { CredentialPluginError } from "./credentialPlugin.ts";
import type { KubeconfigSource } from "./kubeconfig.ts";

/** How to reach the API server of a context, with the credentials of this moment. */
export interface Connection {
  /** As the kubeconfig names it, for requests and for messages; without a slash at its end. */
  readonly server: string;
  /** Which cluster it is: its address and the certificate authority that vouches for it. For comparing only. */
  readonly cluster: string;
  readonly options: RequestOptions;
}

// A connection that went quiet is given up before load balancers and proxies (60 s is common) drop it silently.
const IDLE_SOCKET_MS = 50 * SECOND_MS;
const KEEP_ALIVE_PROBE_MS = 30 * SECOND_MS;

/** Connections to the API servers, one pool of kept-alive sockets for each context. */
export class Connections {
  readonly #kubeconfig: KubeconfigSource;
  readonly #agents = new Map<string, HttpAgent>();

  constructor(kubeconfig: KubeconfigSource) {
    this.#kubeconfig = kubeconfig;
  }

  async open(context: string): Promise<Result<Connection, ClusterError>> {
    const config = await this.#kubeconfig.load(context);
    if (!config.ok) return config;
    const cluster = config.value.getCurrentCluster();
    if (cluster === null) throw new Error("A chosen context always has its cluster.");
    const server = cluster.server.replace(/\/+$/u, "");
    if (!URL.canParse(server) || !/^https?:$/u.test(new URL(server).protocol)) {
      return fail({ reason: "unreachable", server: withoutUser(server), detail: "its address is not a URL" });
    }
    if (server.startsWith("http:") && !cluster.skipTLSVerify) {
      const detail = "plain http is used only with insecure-skip-tls-verify";
      return fail({ reason: "unreachable", server: withoutUser(server), detail });
    }
    const options: RequestOptions = {};
    try {
      await config.value.applyToHTTPSOptions(options);
    } catch (error) {
      return fail(credentialError(error, config.value));
    }
    // The library makes agents that keep no connection; only its way through a proxy is needed.
    if (cluster.proxyUrl === undefined) options.agent = this.#agent(context, server);
    return ok({ server, cluster: `${server}\n${fingerprint(options.ca)}`, options });
  }

  /** Reads the kubeconfig anew and asks for new credentials, after the API server refused the present ones. */
  forgetCredentials(): void {
    this.#kubeconfig.forget();
  }

  /** Ends the connections that wait for work: after a sleep or a broken network they lead nowhere. */
  dropIdle(context: string): void {
    for (const sockets of Object.values(this.#agents.get(context)?.freeSockets ?? {})) {
      for (const socket of sockets ?? []) socket.destroy();
    }
  }

  dispose(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  #agent(context: string, server: string): HttpAgent {
    // An agent is bound to its scheme, and a context may be led to another server by an edit.
    const key = server.startsWith("https:") ? context : `${context} (http)`;
    const known = this.#agents.get(key);
    if (known !== undefined) return known;
    const options = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_PROBE_MS, timeout: IDLE_SOCKET_MS };
    const agent = server.startsWith("https:") ? new HttpsAgent(options) : new HttpAgent(options);
    this.#agents.set(key, agent);
    return agent;
  }
}

const fingerprint = (ca: RequestOptions["ca"]): string =>
  createHash("sha256")
    .update(Array.isArray(ca) ? ca.map(String).join("\n") : String(ca ?? ""))
    .digest("hex");

/** A server's address as it may be shown: a password in it stays out. */
export function withoutUser(server: string): string {
  return server.replace(/(?<=:\/\/)[^/@]*@/u, "");
}

function credentialError(error: unknown, config: KubeConfig): ClusterError {
  if (error instanceof CredentialPluginError) {
    return { reason: "credential-plugin", command: error.command, detail: error.detail };
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "cannot be used";
  if (error instanceof Error && "path" in error && typeof error.path === "string") {
    return { reason: "kubeconfig-unreadable", path: error.path, detail: code };
  }
  // What OpenID Connect and the retired cloud helpers say can quote tokens.
  const provider: unknown = config.getCurrentUser()?.authProvider;
  const named = typeof provider === "object" && provider !== null && "name" in provider ? provider.name : "";
  return { reason: "credential-plugin", command: typeof named === "string" ? named : "", detail: code };
}
