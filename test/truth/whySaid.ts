import type { PanelView } from "../../src/protocol/panel.ts";
import { short } from "./workloadWitness.ts";

type Reading = readonly [RegExp, (found: Readonly<Record<string, string>>) => string];

const ROLES: Readonly<Record<string, string>> = {
  Container: "container",
  "Init container": "init container",
  Sidecar: "sidecar",
};
const PLACE = "(?<role>Container|Init container|Sidecar) (?<name>\\S+) of (?<pod>\\S+)";
const place = ({ role = "", name = "", pod = "" }: Readonly<Record<string, string>>): string =>
  `${ROLES[role] ?? role} ${name} of ${pod}`;
const who = ({ role, name }: Readonly<Record<string, string>>): string =>
  role === undefined ? "" : ` (${ROLES[role] ?? role} ${name ?? ""})`;
const FOR = "(?: (?<role>Init container|Sidecar) (?<name>\\S+) waits for it\\.)?$";

/** The panel's sentences, each as the witness would put it. */
const READINGS: readonly Reading[] = [
  [
    new RegExp(`^Image (?<image>\\S+) is not in the registry: .*?cleaned up\\.${FOR}`, "u"),
    (at) => `image not found: ${at["image"] ?? ""}${who(at)}`,
  ],
  [
    new RegExp(`^The registry does not let the cluster have image (?<image>\\S+)\\.${FOR}`, "u"),
    (at) => `image denied: ${at["image"] ?? ""}${who(at)}`,
  ],
  [
    new RegExp(`^Image (?<image>\\S+) is not made for the processors[^.]*\\.${FOR}`, "u"),
    (at) => `image for another processor: ${at["image"] ?? ""}${who(at)}`,
  ],
  [
    new RegExp(`^(?<image>\\S+) is no valid name of an image\\.${FOR}`, "u"),
    (at) => `image name invalid: ${at["image"] ?? ""}${who(at)}`,
  ],
  [
    new RegExp(`^The registry of image (?<image>\\S+) does not answer[^.]*\\.${FOR}`, "u"),
    (at) => `registry does not answer: ${at["image"] ?? ""}${who(at)}`,
  ],
  [
    new RegExp(`^${PLACE} end(?:s again and again|ed) with exit code (?<code>\\d+)`, "u"),
    (at) => `${place(at)} ends, exit code ${at["code"] ?? ""}`,
  ],
  [
    new RegExp(`^${PLACE} fails with exit code (?<code>\\d+)`, "u"),
    (at) => `${place(at)} fails, exit code ${at["code"] ?? ""}`,
  ],
  [
    new RegExp(`^${PLACE} was killed because it used more memory than its limit of (?<limit>\\w+)\\.$`, "u"),
    (at) => `${place(at)} out of memory, limit ${at["limit"] ?? ""}`,
  ],
  [new RegExp(`^${PLACE} is still at work, `, "u"), (at) => `${place(at)} still runs`],
  [
    new RegExp(`^${PLACE} runs, but does not become ready(?<probe>: .+)?\\.$`, "u"),
    (at) => `${place(at)} not ready${at["probe"] ?? ""}`,
  ],
  [
    new RegExp(`^${PLACE} is ended by the cluster \\(restarts: \\d+\\): (?<probe>.+)\\.$`, "u"),
    (at) => `${place(at)} killed by its probe: ${at["probe"] ?? ""}`,
  ],
  [
    new RegExp(`^${PLACE} cannot be started: (?<reason>\\w+)\\.$`, "u"),
    (at) => `${place(at)} cannot start: ${at["reason"] ?? ""}`,
  ],
  [
    /^No node takes (?<pod>\S+): (?<message>.+)\.$/u,
    (at) => `no node for ${at["pod"] ?? ""}: ${at["message"] ?? ""}`,
  ],
  [
    /^The containers of (?<pod>\S+) are ready, but its readiness gate (?<gate>\S+) is not open\.$/u,
    (at) => `gate ${at["gate"] ?? ""} of ${at["pod"] ?? ""} not open`,
  ],
  [
    /^(?<pod>\S+) needs the (?<what>Secret|ConfigMap|key) (?<name>[^\s,]+), /u,
    (at) => `${at["pod"] ?? ""} lacks ${at["what"] ?? ""} ${at["name"] ?? ""}`,
  ],
  [
    /^(?<pod>\S+) waits for the volume (?<name>[^\s,]+), /u,
    (at) => `${at["pod"] ?? ""} lacks volume ${at["name"] ?? ""}`,
  ],
  [
    /^The containers of (?<pod>\S+) cannot even be made: (?<message>.+)\.$/u,
    (at) => `${at["pod"] ?? ""} not created: ${at["message"] ?? ""}`,
  ],
  [
    /^(?<pod>\S+) was ended by its node \((?<reason>\w+)\): /u,
    (at) => `${at["pod"] ?? ""} ended by its node: ${at["reason"] ?? ""}`,
  ],
  [
    /^(?<node>\S+), the node of (?<pod>\S+), does not answer: /u,
    (at) => `node ${at["node"] ?? ""} of ${at["pod"] ?? ""} does not answer`,
  ],
  [
    /^The namespace's quota does not allow the pods of Deployment\/web: (?<message>.+)\.$/u,
    (at) => `quota: ${short(at["message"] ?? "")}`,
  ],
  [
    /^The cluster's rules turned (?:Deployment|StatefulSet|DaemonSet)\/web away: (?<message>.+)\.$/u,
    (at) => `turned away: ${short(at["message"] ?? "")}`,
  ],
  [
    /^(?<workload>\S+) waits for old pod (?<pod>\S+), which is being deleted and is kept by (?<by>.+)\.$/u,
    (at) => `${at["workload"] ?? ""} waits for old ${at["pod"] ?? ""}, kept by ${at["by"] ?? ""}`,
  ],
  [
    /^(?<workload>\S+) replaces its pods in order, and waits for old pod (?<pod>\S+), which is not ready\.$/u,
    (at) => `${at["workload"] ?? ""} waits for old ${at["pod"] ?? ""}, not ready`,
  ],
  [
    /^(?<workload>\S+) replaces no pod by itself: /u,
    (at) => `${at["workload"] ?? ""} replaces no pod by itself`,
  ],
  [
    /^(?<workload>\S+) replaces only some of its pods: /u,
    (at) => `${at["workload"] ?? ""} replaces some pods`,
  ],
  [
    /^The pods of (?<workload>\S+) are ready, but not available until they have been so for (?<seconds>\d+) s/u,
    (at) => `${at["workload"] ?? ""} ready, available after ${at["seconds"] ?? ""} s`,
  ],
  [
    /^(?<workload>\S+) is scaled to zero, .*the autoscaler (?<by>\S+) does nothing/u,
    (at) => `${at["workload"] ?? ""} scaled to zero, autoscaler ${at["by"] ?? ""}`,
  ],
  [/^(?<workload>\S+) is scaled to zero: /u, (at) => `${at["workload"] ?? ""} scaled to zero`],
  [/^(?<workload>\S+) is paused: /u, (at) => `${at["workload"] ?? ""} paused`],
  [
    /^(?<workload>\S+) made no progress within its deadline/u,
    (at) => `${at["workload"] ?? ""} took too long`,
  ],
  [/^(?<workload>\S+) is not in the cluster: /u, (at) => `${at["workload"] ?? ""} gone`],
  [/^What went wrong is none of the failures/u, () => "nothing wrong"],
];

/**
 * What the drawn panel says why something does not run: its own sentence in the witness's words, and what it quotes of
 * a log. A sentence that is none of these stays as it is, and so agrees with nothing.
 */
export function whySaid({ side }: PanelView): string {
  const [section] = side.sections;
  const text = (section?.lines[0]?.text ?? []).map(String).join("");
  const evidence = section?.evidence ?? "";
  const read = READINGS.flatMap(([pattern, words]) => {
    const found = pattern.exec(text);
    return found === null ? [] : [words(found.groups ?? {})];
  });
  return `${read[0] ?? text}${quoted(evidence)}${evidence.includes("hunter2") ? "; A PASSWORD SHOWN" : ""}`;
}

function quoted(evidence: string): string {
  const lines = evidence.split("\n");
  const from = lines.findIndex((line) => line.startsWith("last lines of the log of "));
  if (from === -1) return "";
  const end = lines.findIndex((line, index) => index > from && !line.startsWith("  "));
  const log = lines.slice(from + 1, end === -1 ? undefined : end);
  const hidden = log.some((line) => line.includes("password=[redacted]")) ? "; a password hidden" : "";
  return `; last words: ${log.at(-1)?.trim() ?? ""}${hidden}`;
}
