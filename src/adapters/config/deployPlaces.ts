import { entriesOf, textAt, valueAt, type Path } from "./mistake.ts";

/** A `deploy` (or one of several `targets`) as it stands in the file, right or wrong. */
export interface DeployPlace {
  readonly path: Path;
  readonly entry: unknown;
  readonly scope: Scope;
  /** Who is deployed by it: one environment or service, or the machines that share their pool's. */
  readonly users: readonly DeployUser[];
}

export type Scope = "environments" | "pools" | "services";

export interface DeployUser {
  readonly name: string;
  /** Where mistakes of this user alone are shown. */
  readonly path: Path;
}

/** Every place of the file that says how something is deployed. */
export function deployPlaces(raw: unknown): readonly DeployPlace[] {
  return [
    ...entriesOf(valueAt(raw, ["environments"])).flatMap(([name, entry]) => environmentPlaces(name, entry)),
    ...entriesOf(valueAt(raw, ["pools"])).flatMap(([name, entry]) => poolPlaces(name, entry)),
    ...entriesOf(valueAt(raw, ["services"])).flatMap(([name, entry]) => {
      const users = [{ name, path: ["services", name] }];
      return placeOf("services", ["services", name, "deploy"], valueAt(entry, ["deploy"]), users);
    }),
  ];
}

function placeOf(
  scope: Scope,
  path: Path,
  entry: unknown,
  users: readonly DeployUser[],
): readonly DeployPlace[] {
  return entry === undefined ? [] : [{ path, entry, scope, users }];
}

function environmentPlaces(name: string, environment: unknown): readonly DeployPlace[] {
  const path = ["environments", name];
  return [
    ...placeOf("environments", [...path, "deploy"], valueAt(environment, ["deploy"]), [{ name, path }]),
    ...entriesOf(valueAt(environment, ["targets"])).flatMap(([target, entry]) => {
      const at = [...path, "targets", target];
      return placeOf("environments", at, entry, [{ name, path: at }]);
    }),
  ];
}

function poolPlaces(name: string, pool: unknown): readonly DeployPlace[] {
  const path = ["pools", name];
  const machines = entriesOf(valueAt(pool, ["machines"])).map(([machine, entry]) => ({
    user: { name: machine, path: [...path, "machines", machine] },
    own: valueAt(entry, ["deploy"]),
  }));
  const sharing = machines.filter(({ own }) => own === undefined).map(({ user }) => user);
  return [
    ...placeOf("pools", [...path, "deploy"], valueAt(pool, ["deploy"]), sharing),
    ...machines.flatMap(({ user, own }) => placeOf("pools", [...user.path, "deploy"], own, [user])),
  ];
}

/** Fills the one template that is known before any deploy: the machine's or the environment's name. */
export const fillName = (text: string, scope: Scope, name: string): string =>
  scope === "services"
    ? text
    : text.replaceAll(scope === "pools" ? "${machine}" : "${environment}", () => name);

/** The release's name as written: inside `helm`, or beside a service's `deploy`. */
export function releaseOf(
  raw: unknown,
  place: DeployPlace,
): { readonly text: string; readonly path: Path } | undefined {
  const inside = [...place.path, "helm", "release"];
  const beside = [...place.path.slice(0, -1), "release"];
  const path = place.scope === "services" ? beside : inside;
  const text = textAt(raw, path);
  return text === undefined ? undefined : { text, path };
}
