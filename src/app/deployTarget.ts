import type { HelmDriver, Machine, Pool } from "../domain/config.ts";
import type { DeployPlan, Refusal } from "../domain/deployment.ts";
import { lockRef } from "../domain/lock.ts";
import type { HeldOperation } from "../domain/operation.ts";
import { holderIdentity, type Person } from "../domain/person.ts";
import { isReleaseName, type Revision } from "../domain/release.ts";
import { renderTemplate, renderValues, templateUser, type TemplateFacts } from "../domain/template.ts";
import type { DeployOrder, ReleaseRef, Repository } from "./ports.ts";

/** A machine with everything about it that depends on what is deployed. */
export interface DeployTarget {
  readonly machine: Machine;
  readonly driver: HelmDriver;
  readonly release: ReleaseRef;
  readonly facts: TemplateFacts;
}

/** To be asked only of machines that `unfitMachine` has nothing against. */
export function targetOf(machine: Machine, plan: DeployPlan, person: Person): DeployTarget {
  const { driver } = machine.target;
  if (driver.kind !== "helm") throw new Error("Other drivers are refused before.");
  const facts = templateFacts(machine, plan, person);
  const { context, namespace } = driver;
  const release = { context, namespace, release: renderTemplate(driver.release, facts) };
  return { machine, driver, release, facts };
}

/** All machines are asked, since which one is taken is only known once it is. */
export function unfitMachine(pool: Pool, plan: DeployPlan, person: Person): Refusal | undefined {
  for (const machine of pool.machines) {
    const { driver } = machine.target;
    if (driver.kind !== "helm") {
      return { reason: "driver-not-available", driver: driver.kind, machine: machine.name };
    }
    const release = renderTemplate(driver.release, templateFacts(machine, plan, person));
    if (!isReleaseName(release)) return { reason: "bad-release-name", release, machine: machine.name };
  }
  return undefined;
}

const templateFacts = (machine: Machine, plan: DeployPlan, person: Person): TemplateFacts => ({
  commit: plan.commit,
  branch: plan.branch,
  user: templateUser(person.mail),
  machine: machine.name,
});

/** What helm is told; `latest` is the newest revision there is. */
export function deployOrder(
  { machine, driver, release, facts }: DeployTarget,
  by: {
    readonly person: Person;
    readonly repository: Repository;
    readonly operation: HeldOperation;
  },
  latest: Revision | undefined,
): DeployOrder {
  const { person, repository, operation } = by;
  return {
    driver,
    release,
    values: renderValues(driver.values, facts),
    mark: { commit: facts.commit, branch: facts.branch, by: person.name },
    revision: (latest?.revision ?? 0) + 1,
    ...(latest?.driver === "configmap" ? { records: latest.driver } : {}),
    repositoryRoot: repository.root,
    subject: machine.name,
    ...(machine.url === undefined ? {} : { url: machine.url }),
    lock: { ref: lockRef(machine.name, machine.locks), by: holderIdentity(person) },
    operation,
  };
}
