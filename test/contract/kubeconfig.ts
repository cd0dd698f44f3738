import { at, textAt } from "./json.ts";

/** Where a cluster of our own listens, and who may come in. */
export interface ServerAccess {
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  /** Tokens by person. */
  readonly tokens: Readonly<Record<string, string>>;
}

/** A kubeconfig (JSON is YAML) with one context per name, all for the same server and token; the first is current. */
export function kubeconfigOf(
  { server, ca }: Pick<ServerAccess, "server" | "ca">,
  token: string,
  contexts: readonly string[],
): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "cluster",
        cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") },
      },
    ],
    users: [{ name: "person", user: { token } }],
    contexts: contexts.map((name) => ({ name, context: { cluster: "cluster", user: "person" } })),
    "current-context": contexts[0] ?? "",
  });
}

/** Reads what a program said about where it listens; throws where that is not what we agreed on. */
export function parseServerAccess(text: string): ServerAccess {
  const value: unknown = JSON.parse(text);
  const tokens = at(value, "tokens");
  const names = typeof tokens === "object" && tokens !== null ? Object.keys(tokens) : [];
  return {
    server: textAt(value, "server"),
    ca: textAt(value, "ca"),
    tokens: Object.fromEntries(names.map((name) => [name, textAt(tokens, name)])),
  };
}
