import type { BranchName } from "./branch.ts";
import type { TemplateText } from "./template.ts";

export type Tier = "production" | "staging";

/** Where Leases live: a context of the kubeconfig and a namespace in its cluster. */
export interface LeaseHome {
  readonly context: string;
  readonly namespace: string;
}

export interface HelmDriver {
  readonly kind: "helm";
  readonly context: string;
  readonly namespace: string;
  readonly release: TemplateText;
  /** The chart's folder, relative to the root of the repository, read from the commit that is deployed. */
  readonly chart: string;
  /** Nested values; every string in it may be a template. A dotted key is a literal key. */
  readonly values: ValueTree;
  /** The container that carries the application's commit; without it any container of the release may. */
  readonly container?: string;
  /** `--timeout` of helm, in minutes. */
  readonly timeoutMinutes: number;
  /** `--history-max` of helm: how many revisions it keeps; 0 keeps all. */
  readonly historyMax: number;
}

export interface KubernetesDriver {
  readonly kind: "kubernetes";
  readonly context: string;
  readonly namespace: string;
  readonly deployment: TemplateText;
  readonly container: string;
  readonly image: TemplateText;
}

export interface HttpDriver {
  readonly kind: "http";
  readonly url: TemplateText;
  readonly statusUrl?: TemplateText;
}

export interface SlackDriver {
  readonly kind: "slack";
  readonly channel: string;
  readonly command: TemplateText;
}

export type Driver = HelmDriver | KubernetesDriver | HttpDriver | SlackDriver;

/** JSON values in which every string is a template. */
export type ValueTree = { readonly [key: string]: ValueNode };
export type ValueNode = TemplateText | number | boolean | null | readonly ValueNode[] | ValueTree;

/** One thing that is deployed. An environment has one, or several with names (cron-updates, cron-analytics). */
export interface Target {
  readonly name: string;
  readonly driver: Driver;
}

export interface Deprecation {
  readonly reason: string;
  readonly url?: string;
}

export interface Environment {
  readonly name: string;
  readonly tier: Tier;
  readonly url?: string;
  readonly deprecated?: Deprecation;
  /** Empty only for a deprecated environment. */
  readonly targets: readonly Target[];
  readonly locks: LeaseHome;
}

export interface Machine {
  readonly name: string;
  readonly pool: string;
  readonly url?: string;
  readonly target: Target;
  readonly locks: LeaseHome;
}

export interface Pool {
  readonly name: string;
  /** How long a lock lasts from the last devdeploy. */
  readonly lockHours: number;
  readonly extendHours: readonly number[];
  readonly machines: readonly Machine[];
}

export interface Service {
  readonly name: string;
  readonly release: TemplateText;
  readonly deployedBy: "ci" | "person";
  readonly target: Target;
}

/** devdeploy.json, read and found right. */
export interface TeamConfig {
  readonly version: 1;
  readonly defaultBranch: BranchName;
  readonly locks: LeaseHome;
  readonly environments: readonly Environment[];
  readonly pools: readonly Pool[];
  readonly services: readonly Service[];
  readonly ask: { readonly minutes: number; readonly approvals: number; readonly slackChannel?: string };
  readonly monitoring: { readonly minutes: number };
  /** Glob patterns of paths whose files change a database's schema, for whoever goes back behind them. */
  readonly migrations: readonly string[];
}

/** A mistake in devdeploy.json: where it stands and what to write instead. */
export interface ConfigProblem {
  /** Offset in UTF-16 units from the start of the text. */
  readonly offset: number;
  readonly length: number;
  /** What is wrong and what to write instead, ready to be shown. */
  readonly message: string;
  /** JSON path, e.g. `pools.dev.lockHours`; empty for the whole file. */
  readonly path: string;
  /** Present where the text is no JSON, which every editor says of an open file as well. */
  readonly isSyntax?: true;
}

export type ConfigState =
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly detail: string }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] }
  | { readonly kind: "valid"; readonly config: TeamConfig };
