import type { Driver, TeamConfig, Tier } from "../domain/config.ts";
import type { ObjectRef } from "../domain/cluster.ts";
import { operationIn } from "../domain/operation.ts";
import { renderPlace } from "../domain/template.ts";
import type { WorkloadAddress } from "./rolloutPorts.ts";
import type { RolloutSubject } from "./undoOutcome.ts";

/** A namespace of a cluster. */
export interface NamespacePlace {
  readonly context: string;
  readonly namespace: string;
}

/**
 * Every Deployment that devdeploy.json deploys to without helm: each such target of an environment, and each such
 * machine, in its order. One whose name differs by branch has no history that could be looked up.
 */
export function rolloutSubjects(config: TeamConfig): readonly RolloutSubject[] {
  const ofEnvironments = config.environments.flatMap(({ name, targets, locks }) =>
    targets.flatMap(({ name: target, driver }) =>
      subjectOf(config, driver, { name, target, kind: "environment", locks }),
    ),
  );
  const ofMachines = config.pools
    .flatMap(({ machines }) => machines)
    .flatMap(({ name, target: { driver }, locks }) =>
      subjectOf(config, driver, { name, target: name, kind: "machine", locks }),
    );
  return [...ofEnvironments, ...ofMachines];
}

/** What a workload is by devdeploy.json: one of its own, or any other one of a cluster. */
export function rolloutSubjectOf(config: TeamConfig | undefined, workload: WorkloadAddress): RolloutSubject {
  if (config === undefined) return { workload, tier: "staging" };
  const own = rolloutSubjects(config).find((subject) => isSame(subject.workload, workload));
  return own ?? { workload, tier: tierOf(config, workload) };
}

/** Every namespace that something of devdeploy.json is deployed to, each once, in its order. */
export function rolloutPlaces({
  environments,
  pools,
  services,
}: Pick<TeamConfig, "environments" | "pools" | "services">): readonly NamespacePlace[] {
  const targets = [
    ...environments.flatMap((environment) => environment.targets),
    ...pools.flatMap(({ machines }) => machines).map(({ target }) => target),
    ...services.map(({ target }) => target),
  ];
  const places = targets.flatMap(({ driver }) => placeOf(driver));
  return [...new Map(places.map((place) => [`${place.context}\n${place.namespace}`, place])).values()];
}

/** The operation Lease of the place that a workload deploys; undefined for any other workload. */
export const operationOf = ({ workload, place }: RolloutSubject): ObjectRef | undefined =>
  place === undefined ? undefined : operationIn(workload.context, place.name, place.locks);

function subjectOf(
  config: TeamConfig,
  driver: Driver,
  place: NonNullable<RolloutSubject["place"]>,
): readonly RolloutSubject[] {
  if (driver.kind !== "kubernetes") return [];
  const { context, namespace, container } = driver;
  const name = renderPlace(driver.deployment, { [place.kind]: place.name });
  if (name === undefined) return [];
  const workload: WorkloadAddress = { context, namespace, kind: "Deployment", name };
  return [{ workload, tier: tierOf(config, workload), place, container }];
}

/** Production is whatever lies in the namespace of anything of production's. */
const tierOf = ({ environments }: TeamConfig, { context, namespace }: NamespacePlace): Tier =>
  environments.some(
    ({ tier, targets }) =>
      tier === "production" &&
      targets
        .flatMap(({ driver }) => placeOf(driver))
        .some((place) => place.context === context && place.namespace === namespace),
  )
    ? "production"
    : "staging";

const placeOf = (driver: Driver): readonly NamespacePlace[] =>
  driver.kind === "helm" || driver.kind === "kubernetes"
    ? [{ context: driver.context, namespace: driver.namespace }]
    : [];

const isSame = (a: WorkloadAddress, b: WorkloadAddress): boolean =>
  a.context === b.context && a.namespace === b.namespace && a.kind === b.kind && a.name === b.name;
