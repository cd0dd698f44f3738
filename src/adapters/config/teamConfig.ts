import { posix } from "node:path";
import { parseBranchName } from "../../domain/branch.ts";
import type {
  Driver,
  Environment,
  HelmDriver,
  LeaseHome,
  Machine,
  Pool,
  Service,
  Target,
  TeamConfig,
} from "../../domain/config.ts";
import { fillName, type Scope } from "./deployPlaces.ts";
import type { ConfigFile, DeployEntry } from "./schema.ts";

type EnvironmentEntry = ConfigFile["environments"][string];
type PoolEntry = ConfigFile["pools"][string];
type ServiceEntry = ConfigFile["services"][string];

/** Turns a file in which no mistake was found into the domain's record. Throws where one was overlooked. */
export function teamConfig(file: ConfigFile): TeamConfig {
  const { ask, locks } = file;
  const branch = parseBranchName(file.defaultBranch);
  if (!branch.ok) throw overlooked("defaultBranch");
  return {
    version: file.version,
    defaultBranch: branch.value,
    locks,
    environments: Object.entries(file.environments).map(([name, entry]) => environment(name, entry, locks)),
    pools: Object.entries(file.pools).map(([name, entry]) => pool(name, entry, locks)),
    services: Object.entries(file.services).map(([name, entry]) => service(name, entry)),
    ask: {
      minutes: ask.minutes,
      approvals: ask.approvals,
      ...(ask.slack === undefined ? {} : { slackChannel: ask.slack.channel }),
    },
    monitoring: file.monitoring,
    migrations: file.migrations,
  };
}

const overlooked = (what: string): Error =>
  new Error(`A mistake at ${what} of devdeploy.json was not found.`);

function environment(name: string, entry: EnvironmentEntry, teamLocks: LeaseHome): Environment {
  const { url, deprecated } = entry;
  return {
    name,
    tier: entry.tier,
    ...(url === undefined ? {} : { url: fillName(url, "environments", name) }),
    ...(deprecated === undefined ? {} : { deprecated: deprecation(deprecated) }),
    targets: targets(name, entry),
    locks: entry.locks ?? teamLocks,
  };
}

const deprecation = ({ reason, url }: NonNullable<EnvironmentEntry["deprecated"]>) =>
  url === undefined ? { reason } : { reason, url };

function targets(name: string, { deploy, targets: parts = {} }: EnvironmentEntry): readonly Target[] {
  const user = { scope: "environments", name } as const;
  return deploy === undefined
    ? Object.entries(parts).map(([part, entry]) => ({ name: part, driver: driver(entry, user) }))
    : [{ name, driver: driver(deploy, user) }];
}

function pool(name: string, entry: PoolEntry, locks: LeaseHome): Pool {
  const { lockHours } = entry;
  return {
    name,
    lockHours,
    extendHours: entry.extendHours ?? [2 * lockHours, 3 * lockHours, 4 * lockHours],
    machines: Object.entries(entry.machines).map(([machine, { url, deploy = entry.deploy }]): Machine => {
      if (deploy === undefined) throw overlooked(`machine ${machine}`);
      return {
        name: machine,
        pool: name,
        ...(url === undefined ? {} : { url: fillName(url, "pools", machine) }),
        target: { name: machine, driver: driver(deploy, { scope: "pools", name: machine }) },
        locks,
      };
    }),
  };
}

function service(name: string, { release, deployedBy, deploy }: ServiceEntry): Service {
  const target = { name, driver: driver(deploy, { scope: "services", name, release }) };
  return { name, release, deployedBy, target };
}

interface User {
  readonly scope: Scope;
  readonly name: string;
  /** A service's release stands beside its driver. */
  readonly release?: string;
}

function driver(entry: DeployEntry, user: User): Driver {
  const { helm, kubernetes, http, slack } = entry;
  const fill = (text: string): string => fillName(text, user.scope, user.name);
  if (helm !== undefined) return helmDriver(helm, user);
  if (kubernetes !== undefined) {
    const { context, namespace } = kubernetes;
    return { kind: "kubernetes", ...kubernetes, context: fill(context), namespace: fill(namespace) };
  }
  if (http !== undefined) {
    const { url, statusUrl } = http;
    return { kind: "http", url, ...(statusUrl === undefined ? {} : { statusUrl }) };
  }
  if (slack !== undefined) return { kind: "slack", ...slack };
  throw overlooked(user.name);
}

function helmDriver(entry: NonNullable<DeployEntry["helm"]>, user: User): HelmDriver {
  const release = user.release ?? entry.release;
  if (release === undefined) throw overlooked(user.name);
  const { values, container, timeoutMinutes, historyMax } = entry;
  return {
    kind: "helm",
    context: fillName(entry.context, user.scope, user.name),
    namespace: fillName(entry.namespace, user.scope, user.name),
    release,
    chart: chartFolder(entry.chart),
    values,
    ...(container === undefined ? {} : { container }),
    timeoutMinutes,
    historyMax,
  };
}

/** `./charts/app/` is `charts/app`; the root itself is `.` */
const chartFolder = (chart: string): string => posix.normalize(chart).replace(/(?<=.)\/$/u, "");
