import { deployPlaces, fillName, releaseOf, type DeployPlace } from "./deployPlaces.ts";
import { describe, entriesOf, pathText, textAt, valueAt, type Mistake, type Path } from "./mistake.ts";
import { DNS_LABEL } from "./schema.ts";

const DRIVERS = ["helm", "kubernetes", "http", "slack"];
const CHOICE = "write one of `helm`, `kubernetes`, `http`, `slack`";

/** Rules of how things are deployed: one driver each, releases with good names that nobody else has. */
export function* deployMistakes(raw: unknown): Generator<Mistake> {
  const places = deployPlaces(raw);
  for (const place of places) {
    yield* driverMistakes(place);
    yield* releaseMistakes(raw, place);
  }
  yield* sharedWorkloads(raw, places);
  for (const [name, environment] of entriesOf(valueAt(raw, ["environments"]))) {
    yield* environmentMistakes(["environments", name], environment);
  }
  for (const [name, pool] of entriesOf(valueAt(raw, ["pools"]))) yield* poolMistakes(["pools", name], pool);
}

function* driverMistakes({ path, entry }: DeployPlace): Generator<Mistake> {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return;
  const [first, ...more] = DRIVERS.filter((driver) => Object.hasOwn(entry, driver));
  if (first === undefined) {
    yield { path, on: "key", message: `\`${String(path.at(-1))}\` has no driver: ${CHOICE}` };
  }
  for (const driver of more) {
    yield {
      path: [...path, driver],
      on: "key",
      message: `there is \`${first ?? ""}\` already: exactly one driver, so remove one of them`,
    };
  }
}

function* environmentMistakes(path: Path, environment: unknown): Generator<Mistake> {
  const has = (key: string): boolean => valueAt(environment, [key]) !== undefined;
  if (typeof environment !== "object" || environment === null) return;
  if (has("deploy") && has("targets")) {
    yield {
      path: [...path, "targets"],
      on: "key",
      message: "there is `deploy` already: one of `deploy` and `targets`, so remove one of them",
    };
  }
  if (!has("deploy") && !has("targets") && !has("deprecated")) {
    yield {
      path,
      on: "key",
      message: `\`${String(path.at(-1))}\` does not say how it is deployed: write \`deploy\`, or \`targets\` for several parts, or \`deprecated\``,
    };
  }
  if (isEmptyObject(valueAt(environment, ["targets"]))) {
    yield { path: [...path, "targets"], on: "key", message: "`targets` is empty: name at least one part" };
  }
}

const isEmptyObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

function* poolMistakes(path: Path, pool: unknown): Generator<Mistake> {
  const machines = valueAt(pool, ["machines"]);
  if (isEmptyObject(machines)) {
    const at = [...path, "machines"];
    yield { path: at, on: "key", message: '`machines` is empty: name at least one, such as `"dev1": {}`' };
  }
  if (valueAt(pool, ["deploy"]) === undefined) {
    for (const [name, machine] of entriesOf(machines)) {
      if (valueAt(machine, ["deploy"]) !== undefined) continue;
      yield {
        path: [...path, "machines", name],
        on: "key",
        message: `\`${name}\` does not say how it is deployed: write \`deploy\` here, or once for the pool`,
      };
    }
  }
  yield* hoursMistakes(path, pool);
}

const DEFAULT_LOCK_HOURS = 12;

function* hoursMistakes(path: Path, pool: unknown): Generator<Mistake> {
  const lockHours = valueAt(pool, ["lockHours"]) ?? DEFAULT_LOCK_HOURS;
  const extendHours = valueAt(pool, ["extendHours"]);
  if (!Array.isArray(extendHours)) return;
  const list: readonly unknown[] = extendHours;
  for (const [index, hours] of list.entries()) {
    const before = list[index - 1];
    const at: Pick<Mistake, "path" | "on"> = { path: [...path, "extendHours", index], on: "value" };
    if (typeof hours !== "number") continue;
    if (typeof before === "number" && hours <= before) {
      yield { ...at, message: `\`extendHours\` must grow: ${hours} stands after ${before}` };
    }
    if (typeof lockHours === "number" && hours > 0 && hours < lockHours) {
      yield {
        ...at,
        message: `${hours} is less than \`lockHours\` (${lockHours}): extending never shortens a lock`,
      };
    }
  }
}

const RELEASE_NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/u;
/** helm's own limit. */
const MAX_RELEASE = 53;
// The shortest that each template can become: what is too long even so can never be deployed.
const SHORTEST: Readonly<Record<string, string>> = { commit: "c".repeat(40), shortCommit: "c".repeat(7) };
const shortest = (text: string): string =>
  text.replaceAll(/\$\{(?<name>[^}]*)\}/gu, (_, name: string) => SHORTEST[name] ?? "x");

function* releaseMistakes(raw: unknown, place: DeployPlace): Generator<Mistake> {
  if (valueAt(place.entry, ["helm"]) === undefined) return;
  const release = releaseOf(raw, place);
  if (release === undefined) return;
  const { text, path } = release;
  // A user with a bad name has its own message.
  const users = place.users.filter(({ name }) => DNS_LABEL.test(name));
  const names = users.map(({ name }) => shortest(fillName(text, place.scope, name)));
  const wrong = names.find((name) => !RELEASE_NAME.test(name));
  const long = names.find((name) => name.length > MAX_RELEASE);
  if (wrong !== undefined) {
    yield {
      path,
      on: "value",
      message: `helm takes no release named ${describe(text).replace("the text ", "")}: lower-case letters, digits, dashes and dots`,
    };
  }
  if (long !== undefined) {
    const length = text.includes("${") ? `would have at least ${long.length}` : `has ${long.length}`;
    yield {
      path,
      on: "value",
      message: `a release's name has at most ${MAX_RELEASE} characters, and this one ${length}`,
    };
  }
  const inside = textAt(place.entry, ["helm", "release"]);
  if (place.scope === "services" && inside !== undefined && inside !== text) {
    yield {
      path: [...place.path, "helm", "release"],
      on: "value",
      message: `the service's \`release\` says ${describe(text)}: remove this one`,
    };
  }
}

/** Two users of one release or Deployment would overwrite each other, each behind a lock of its own. */
function* sharedWorkloads(raw: unknown, places: readonly DeployPlace[]): Generator<Mistake> {
  const owners = new Map<string, Path>();
  for (const place of places) {
    for (const { name, path } of place.users) {
      const workload = workloadOf(raw, place, name);
      if (workload === undefined) continue;
      const key = JSON.stringify(workload);
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, path);
      else {
        const advice =
          place.scope === "pools" ? "put `${machine}` into its name" : "give it a name of its own";
        const message = `\`${String(path.at(-1))}\` would overwrite ${pathText(owner)}: both deploy ${workload.what} \`${workload.name}\` in \`${workload.namespace}\`; ${advice}`;
        yield { path, on: "key", message };
      }
    }
  }
}

interface Workload {
  readonly what: "release" | "Deployment";
  readonly context: string;
  readonly namespace: string;
  readonly name: string;
}

function workloadOf(raw: unknown, place: DeployPlace, user: string): Workload | undefined {
  const driver = ["helm", "kubernetes"].find((key) => valueAt(place.entry, [key]) !== undefined);
  if (driver === undefined) return undefined;
  const name = driver === "helm" ? releaseOf(raw, place)?.text : textAt(place.entry, [driver, "deployment"]);
  const context = textAt(place.entry, [driver, "context"]);
  const namespace = textAt(place.entry, [driver, "namespace"]);
  if (name === undefined || context === undefined || namespace === undefined) return undefined;
  const fill = (text: string): string => fillName(text, place.scope, user);
  return {
    what: driver === "helm" ? "release" : "Deployment",
    context: fill(context),
    namespace: fill(namespace),
    name: fill(name),
  };
}
