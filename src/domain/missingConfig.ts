import type { DiagnosisCause } from "./diagnosis.ts";

type Missing = DiagnosisCause & { readonly kind: "missing-config" };

/** The kubelet's and the API server's words for what a pod refers to, and what is not there. */
const MISSING: readonly (readonly [RegExp, Missing["resource"]])[] = [
  [/couldn't find key (?<name>\S+) in (?:Secret|ConfigMap)/u, "key"],
  [/references non-existent (?:secret|config) key: (?<name>\S+)/u, "key"],
  [/\bsecrets? "(?<name>[^"]+)" not found/u, "Secret"],
  [/\bconfigmaps? "(?<name>[^"]+)" not found/u, "ConfigMap"],
  [/\bserviceaccounts? "(?<name>[^"]+)" not found/u, "ServiceAccount"],
  [/\bpersistentvolumeclaims? "(?<name>[^"]+)" not found/u, "volume"],
];

/** What words say is missing; `pod` is who needs it. */
export function missingConfig(pod: string, words: string): Missing | undefined {
  for (const [pattern, resource] of MISSING) {
    const name = pattern.exec(words)?.groups?.["name"];
    if (name !== undefined) return { kind: "missing-config", resource, name, pod };
  }
  return undefined;
}
