import { immutableFields } from "./immutable.ts";
import { isEqualJson } from "./jsonDifference.ts";
import { deletedEntries, jsonAt, objectsAt, textAt, type ManifestEntry } from "./manifest.ts";
import type { RevisionLabel, Revision } from "./release.ts";
import type { CommitRange, ManifestObject, Risk, RiskLevel } from "./rollback.ts";

const MOST_FILES = 20;

type RiskOf<K extends Risk["kind"]> = Extract<Risk, { readonly kind: K }>;

/** Both ends of a rollback, with their manifests taken apart. */
export interface RollbackEnds {
  readonly from: Revision;
  readonly to: Revision;
  readonly fromEntries: readonly ManifestEntry[];
  readonly toEntries: readonly ManifestEntry[];
  /** Of helm's newest record, which may be another one than what runs: helm goes by it. */
  readonly newestEntries: readonly ManifestEntry[];
  /** The application's container, where the team named it. */
  readonly container: string | undefined;
}

/** What can be said of a rollback from the two records alone. */
export function recordRisks(ends: RollbackEnds): readonly Risk[] {
  return [
    ...sameImages(ends),
    ...immutableFields(ends.newestEntries, ends.toEntries),
    ...deletions(ends),
    ...volumes(ends),
    ...definitions(ends),
    ...hooks(ends.to),
  ];
}

function sameImages({ from, to, fromEntries, toEntries, container }: RollbackEnds): readonly Risk[] {
  const isMeant = (image: { readonly container: string }): boolean =>
    container === undefined || image.container === container;
  const before = new Map(from.images.map((one) => [`${one.workload} ${one.container}`, one.image]));
  const wanted = to.images.filter(isMeant);
  const isSame = wanted.every((one) => before.get(`${one.workload} ${one.container}`) === one.image);
  if (wanted.length === 0 || !isSame) return [];
  const images = [...new Set(wanted.map(({ image }) => image))];
  return [
    { kind: "same-images", images, ...(podsDiffer(fromEntries, toEntries) ? { podsRestart: true } : {}) },
  ];
}

/** Whether any workload's template differs, so that its pods are made anew. */
function podsDiffer(from: readonly ManifestEntry[], to: readonly ManifestEntry[]): boolean {
  const before = new Map(from.map(({ key, content }) => [key, jsonAt(content, "spec", "template")]));
  return to.some(({ key, content }) => {
    const template = jsonAt(content, "spec", "template");
    return template !== undefined && !isEqualJson(before.get(key), template);
  });
}

function deletions({ newestEntries, toEntries }: RollbackEnds): readonly Risk[] {
  const objects = deletedEntries(newestEntries, toEntries).map(({ object }) => object);
  return objects.length === 0 ? [] : [{ kind: "deleted", objects }];
}

const isClaim = ({ object }: ManifestEntry): boolean => object.kind === "PersistentVolumeClaim";

/** Where data lies that a rollback leaves as it is, or takes away with its claim. */
function volumes({ newestEntries, toEntries }: RollbackEnds): readonly Risk[] {
  const claims = new Set([...newestEntries, ...toEntries].flatMap(claimsOf));
  if (claims.size === 0) return [];
  const deleted = deletedEntries(newestEntries, toEntries)
    .filter(isClaim)
    .map(({ object }) => object.name);
  return [{ kind: "volumes", claims: [...claims], deleted }];
}

/** The claims that an object is, makes or uses. Those of a StatefulSet are numbered: `data-db-*`. */
function claimsOf(entry: ManifestEntry): readonly string[] {
  const { object, content } = entry;
  if (isClaim(entry)) return [object.name];
  const made = objectsAt(content, "spec", "volumeClaimTemplates").map(
    (template) => `${textAt(template, "metadata", "name")}-${object.name}-*`,
  );
  const spec = jsonAt(content, "spec", "template", "spec");
  const used = objectsAt(spec, "volumes").map((volume) =>
    textAt(volume, "persistentVolumeClaim", "claimName"),
  );
  return [...made, ...used].filter((name) => name !== "");
}

const DEFINITION = "CustomResourceDefinition";

/** Definitions that differ in the manifests, and those of the charts' `crds` folders, which helm never touches again. */
function definitions({ from, to, newestEntries, toEntries }: RollbackEnds): readonly Risk[] {
  const before = new Map(newestEntries.map(({ key, content }) => [key, content]));
  const after = new Map(toEntries.map(({ key, content }) => [key, content]));
  const differing = [...newestEntries, ...toEntries]
    .filter(({ object, key }) => object.kind === DEFINITION && !isEqualJson(before.get(key), after.get(key)))
    .map(({ object }) => object.name);
  const names = [...new Set([...differing, ...(from.chartCrds ?? []), ...(to.chartCrds ?? [])])];
  return names.length === 0 ? [] : [{ kind: "crds", names }];
}

/** helm runs the hooks of the revision that it goes back to, with that revision's own images. */
function hooks(to: Revision): readonly Risk[] {
  const running = to.hooks.filter(({ events }) =>
    events.some((event) => event === "pre-rollback" || event === "post-rollback"),
  );
  if (running.length === 0) return [];
  return [{ kind: "hooks", hooks: running.map(({ kind, name, events }) => ({ kind, name, events })) }];
}

/** Changes of a database's schema that a rollback leaves behind it. */
export function migrationRisks(commits: CommitRange): readonly RiskOf<"migrations">[] {
  if (commits.kind !== "known") return [];
  const behind = commits.undone.filter(({ migrations }) => migrations.length > 0);
  if (behind.length === 0) return [];
  const files = [...new Set(behind.flatMap(({ migrations }) => migrations))].slice(0, MOST_FILES);
  return [{ kind: "migrations", commits: behind.length, files }];
}

/**
 * The revisions that helm drops to make room for the new one: it does so before it begins, down to one less than it
 * keeps, the oldest first, and never the newest that is deployed (`removeLeastRecent` of helm's storage).
 */
export function prunedRevisions(
  revisions: readonly Pick<RevisionLabel, "revision" | "status">[],
  historyMax: number,
): readonly number[] {
  if (historyMax <= 0) return [];
  const oldestFirst = [...revisions].sort((a, b) => a.revision - b.revision);
  const lastDeployed = oldestFirst.findLast(({ status }) => status === "deployed")?.revision;
  const surplus = Math.max(0, oldestFirst.length - (historyMax - 1));
  return oldestFirst
    .map(({ revision }) => revision)
    .filter((revision) => revision !== lastDeployed)
    .slice(0, surplus);
}

export function pruningRisks(
  revisions: readonly Pick<RevisionLabel, "revision" | "status">[],
  { historyMax, to }: { readonly historyMax: number; readonly to: number },
): readonly Risk[] {
  const dropped = prunedRevisions(revisions, historyMax);
  return dropped.length === 0 ? [] : [{ kind: "pruned", revisions: dropped, target: dropped.includes(to) }];
}

const HOLDS_DATA = new Set([DEFINITION, "PersistentVolumeClaim", "PersistentVolume", "Namespace"]);
const takesData = (objects: readonly ManifestObject[]): boolean =>
  objects.some(({ kind }) => HOLDS_DATA.has(kind));

/**
 * How a risk is to be looked at: `danger` where the rollback will fail or take data away, `warning` where it may not
 * do what one expects, `note` for what is good to know, `fine` for what was looked at and is well.
 */
export function riskLevel(risk: Risk): RiskLevel {
  switch (risk.kind) {
    case "images":
      if (risk.answers.some(({ kind }) => kind === "missing")) return "danger";
      // The cluster pulls with credentials of its own, which may see more than the person's.
      return risk.answers.every(({ kind }) => kind === "exists") ? "fine" : "note";
    case "rights":
      if (risk.missing.length > 0) return "danger";
      return risk.notAsked === undefined ? "fine" : "note";
    case "deleted":
      return takesData(risk.objects) ? "danger" : "warning";
    case "volumes":
      return risk.deleted.length > 0 ? "danger" : "note";
    case "pruned":
      return risk.target ? "warning" : "note";
    case "immutable":
      return "danger";
    case "same-images":
    case "migrations":
    case "drift":
    case "target-status":
    case "rolled-back-from":
    case "at-work":
    case "no-operation-lease":
      return "warning";
    case "crds":
    case "hooks":
      return "note";
    case "nobody-at-work":
      return "fine";
  }
}
