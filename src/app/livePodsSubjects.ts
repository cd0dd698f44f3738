import type { Target, TeamConfig } from "../domain/config.ts";
import { renderPlace } from "../domain/template.ts";
import type { PodsSubject } from "./livePods.ts";
import type { SubjectName } from "./rollbackSubjects.ts";

/**
 * Whose pods a row of devdeploy.json stands for: a target's release or workload. Undefined where there is no such
 * target, where what it deploys has a name that differs by branch, and where it is deployed by other means.
 */
export function podsSubject(
  { environments, pools }: TeamConfig,
  { name, target }: SubjectName,
): PodsSubject | undefined {
  const environment = environments.find((one) => one.name === name);
  const ofEnvironment = environment?.targets.find((one) => one.name === target);
  if (ofEnvironment !== undefined) return subjectOf(ofEnvironment, { environment: name });
  const machine = pools.flatMap(({ machines }) => machines).find((one) => one.name === name);
  return machine === undefined ? undefined : subjectOf(machine.target, { machine: name });
}

function subjectOf({ driver }: Target, place: Parameters<typeof renderPlace>[1]): PodsSubject | undefined {
  switch (driver.kind) {
    case "helm": {
      const { context, namespace } = driver;
      const release = renderPlace(driver.release, place);
      return release === undefined
        ? undefined
        : { kind: "release", release: { context, namespace, release } };
    }
    case "kubernetes": {
      const { context, namespace } = driver;
      const name = renderPlace(driver.deployment, place);
      return name === undefined
        ? undefined
        : { kind: "workload", workload: { context, namespace, kind: "Deployment", name } };
    }
    case "http":
    case "slack":
      return undefined;
  }
}
