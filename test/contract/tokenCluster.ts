import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient, type Access } from "./apiClient.ts";
import type { TestCluster } from "./cluster.ts";
import { kubeconfigOf, type ServerAccess } from "./kubeconfig.ts";

interface Ways {
  readonly kind: TestCluster["kind"];
  readonly at: ServerAccess;
  /** Lets the developers into a namespace that was just made. */
  readonly admit: (admin: ApiClient, namespace: string) => Promise<void>;
  readonly end: () => Promise<void>;
}

/** A cluster of our own, which knows people by their tokens. */
export async function tokenCluster({ kind, at, admit, end }: Ways): Promise<TestCluster> {
  const folder = await mkdtemp(join(tmpdir(), "devdeploy-contract-"));
  const token = (person: string): string => {
    const found = at.tokens[person];
    if (found === undefined) throw new Error(`the test cluster does not know ${person}`);
    return found;
  };
  const access = (person: string): Access => ({
    server: at.server,
    options: { ca: at.ca },
    headers: { authorization: `Bearer ${token(person)}` },
  });
  const admin = new ApiClient(access("admin"));
  let files = 0;
  return {
    kind,
    server: at.server,
    ca: at.ca,
    token,
    access: (person) => Promise.resolve(access(person)),
    kubeconfig: async (person, contexts) => {
      const path = join(folder, `${person}-${files++}.kubeconfig`);
      await writeFile(path, kubeconfigOf(at, token(person), contexts), { mode: 0o600 });
      return path;
    },
    namespace: async (prefix) => {
      const name = freshName(prefix);
      await createNamespace(admin, name);
      await admit(admin, name);
      return name;
    },
    stop: async () => {
      admin.close();
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A name that no other test run has. */
export function freshName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString("hex")}`;
}

/** Makes a namespace; throws with the server's words where it may not. */
export async function createNamespace(api: ApiClient, name: string): Promise<void> {
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  const created = await api.post("/api/v1/namespaces", body);
  if (created.status !== 201) throw new Error(`no namespace ${name}: ${JSON.stringify(created.body)}`);
}
