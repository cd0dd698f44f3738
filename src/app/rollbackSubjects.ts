import type { HelmDriver, TeamConfig } from "../domain/config.ts";
import { renderPlace } from "../domain/template.ts";
import type { RollbackSubject } from "./rollbackOutcome.ts";

/** What a person, a row or a link names: an environment or a machine, and its target where it has several. */
export interface SubjectName {
  readonly name: string;
  readonly target: string;
}

/**
 * Everything that has a history of helm's: each target of an environment, and each machine, in the order of
 * devdeploy.json. A release whose name differs by branch has none that could be looked up.
 */
export function rollbackSubjects({ environments, pools }: TeamConfig): readonly RollbackSubject[] {
  const ofEnvironments = environments.flatMap(({ name, tier, targets, locks }) =>
    targets.flatMap((target): readonly RollbackSubject[] => {
      const { driver } = target;
      if (driver.kind !== "helm") return [];
      const release = releaseOf(driver, { environment: name });
      if (release === undefined) return [];
      return [{ name, target: target.name, kind: "environment", tier, release, driver, locks }];
    }),
  );
  const ofMachines = pools
    .flatMap(({ machines }) => machines)
    .flatMap(({ name, target: { driver }, locks }): readonly RollbackSubject[] => {
      if (driver.kind !== "helm") return [];
      const release = releaseOf(driver, { machine: name });
      if (release === undefined) return [];
      return [{ name, target: name, kind: "machine", tier: "staging", release, driver, locks }];
    });
  return [...ofEnvironments, ...ofMachines];
}

/** The subject of this name; undefined where devdeploy.json has none, or none with a release of a fixed name. */
export const rollbackSubject = (
  config: TeamConfig,
  { name, target }: SubjectName,
): RollbackSubject | undefined =>
  rollbackSubjects(config).find((subject) => subject.name === name && subject.target === target);

function releaseOf(
  { context, namespace, release }: HelmDriver,
  place: Parameters<typeof renderPlace>[1],
): RollbackSubject["release"] | undefined {
  const name = renderPlace(release, place);
  return name === undefined ? undefined : { context, namespace, release: name };
}
