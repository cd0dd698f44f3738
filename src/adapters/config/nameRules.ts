import { LEASE_NAME, DNS_LABEL } from "./schema.ts";
import { cut, entriesOf, pathText, valueAt, type Mistake, type Path } from "./mistake.ts";

/** Rules of what stands before the colon: names of environments, targets, pools, machines and services. */
export function* nameMistakes(raw: unknown): Generator<Mistake> {
  const leases: (readonly [string, Path])[] = [];
  for (const [name, environment] of entriesOf(valueAt(raw, ["environments"]))) {
    leases.push([name, ["environments", name]]);
    const targets = ["environments", name, "targets"];
    for (const [target] of entriesOf(valueAt(environment, ["targets"]))) {
      yield* badLabel(target, [...targets, target]);
    }
  }
  for (const [name, pool] of entriesOf(valueAt(raw, ["pools"]))) {
    leases.push([name, ["pools", name]]);
    const machines = ["pools", name, "machines"];
    for (const [machine] of entriesOf(valueAt(pool, ["machines"])))
      leases.push([machine, [...machines, machine]]);
  }
  for (const [name] of entriesOf(valueAt(raw, ["services"]))) yield* badLabel(name, ["services", name]);
  yield* leaseNameMistakes(leases);
}

function* badLabel(name: string, path: Path): Generator<Mistake> {
  if (DNS_LABEL.test(name)) return;
  const better = suggestion(name);
  const instead = better === "" ? "" : `: write \`${better}\``;
  yield {
    path,
    on: "key",
    message: `the name \`${cut(name)}\` must be lower-case letters, digits and dashes, at most 63${instead}`,
  };
}

const suggestion = (name: string): string =>
  name
    .normalize("NFKD")
    .replaceAll(/\p{Diacritic}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .slice(0, 63)
    .replaceAll(/^-+|-+$/gu, "");

/** Every machine, environment and pool has a Lease of its name, so no two may share one. */
function* leaseNameMistakes(leases: readonly (readonly [string, Path])[]): Generator<Mistake> {
  const taken = new Map<string, Path>();
  for (const [name, path] of leases) {
    yield* badLabel(name, path);
    if (DNS_LABEL.test(name) && !LEASE_NAME.test(name)) {
      const shorter = name.slice(0, -"-operation".length);
      yield {
        path,
        on: "key",
        message: `the name \`${name}\` must not end in \`-operation\`: that is the Lease in which a deploy to \`${shorter}\` is noted`,
      };
    }
    const other = taken.get(name);
    if (other === undefined) taken.set(name, path);
    else {
      yield {
        path,
        on: "key",
        message: `the name \`${cut(name)}\` is taken by ${pathText(other)}: both would be one Lease, so choose another`,
      };
    }
  }
}
