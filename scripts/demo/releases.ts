import { availableParallelism } from "node:os";
import { join } from "node:path";
import { mkdir, writeFile } from "node:fs/promises";
import { parse } from "yaml";
import { description, markLabels } from "../../src/adapters/helm/arguments.ts";
import type { CommitHash } from "../../src/domain/branch.ts";
import type { RevisionMark } from "../../src/domain/release.ts";
import { HOUR_MS, type EpochMs } from "../../src/domain/time.ts";
import { run } from "../tools/run.ts";
import { CHART, type Files } from "./chartFiles.ts";
import type { DemoCluster } from "./demoCluster.ts";
import type { Commits } from "./gitHistory.ts";
import { liveObjects, type KubernetesObject } from "./objects.ts";
import { splitHooks } from "./hooks.ts";
import { releaseSecret, type RecordedChart, type RevisionRecord } from "./releaseRecord.ts";
import type { StoryRelease, StoryRevision } from "./releaseStory.ts";
import { momentOf, type Story } from "./story.ts";

/** What the histories of releases are made of. */
export interface ReleaseWorld {
  readonly cluster: DemoCluster;
  readonly story: Story;
  readonly commits: Commits;
  readonly now: EpochMs;
  /** The program `helm`, which renders what every commit's chart makes. */
  readonly helm: string;
  /** For charts and values while they are rendered. */
  readonly scratch: string;
}

/** The records of the releases, and the objects that their newest revisions left in the cluster. */
export async function releaseObjects(
  world: ReleaseWorld,
  releases: readonly StoryRelease[],
): Promise<readonly KubernetesObject[]> {
  const jobs = releases.flatMap((release) => release.revisions.map((revision) => ({ release, revision })));
  const rendered = await inTurns(jobs, ({ release, revision }) => render(world, release, revision));
  const manifests = new Map(
    jobs.map(({ release, revision }, index) => [key(release, revision.revision), rendered[index] ?? ""]),
  );
  return releases.flatMap((release) => {
    const records = recordsOf(world, release, manifests);
    const last = records.at(-1);
    const [first] = records;
    if (last === undefined || first === undefined) return [];
    const { namespace, firstDeployedAt: madeAt } = last;
    return [
      ...records.map(releaseSecret),
      ...liveObjects(last.manifest, release.release, { namespace, madeAt }),
    ];
  });
}

const key = ({ release }: StoryRelease, revision: number): string => `${release}.v${revision}`;

function recordsOf(
  world: ReleaseWorld,
  release: StoryRelease,
  manifests: ReadonlyMap<string, string>,
): readonly RevisionRecord[] {
  const records: RevisionRecord[] = [];
  const [oldest] = release.revisions;
  for (const revision of release.revisions) {
    records.push({
      release: release.release,
      namespace: world.cluster.namespaces[release.at],
      revision: revision.revision,
      status: statusOf(revision, release),
      // The first revision is long gone where the numbers do not begin at 1.
      firstDeployedAt:
        world.now - (oldest?.hoursAgo ?? 0) * HOUR_MS - (oldest?.revision === 1 ? 0 : 800 * HOUR_MS),
      deployedAt: momentOf(key(release, revision.revision), revision.hoursAgo, world.now),
      chart: recordedChart(chartAt(world.story, revision.commit)),
      values: valuesOf(world, release, revision),
      ...splitHooks(manifests.get(key(release, revision.revision)) ?? ""),
      ...toldOf(world, revision, records),
    });
  }
  return records;
}

/** helm leaves the last that succeeded marked as deployed when a later one fails. */
function statusOf(revision: StoryRevision, { revisions }: StoryRelease): RevisionRecord["status"] {
  if (revision.how === "failed") return "failed";
  return revision === revisions.findLast(({ how }) => how !== "failed") ? "deployed" : "superseded";
}

/** Description and labels, with the traps of real life: labels are inherited, and copied by a rollback. */
function toldOf(
  world: ReleaseWorld,
  { revision, commit, branch, by, how }: StoryRevision,
  before: readonly RevisionRecord[],
): Pick<RevisionRecord, "description" | "labels"> {
  if (typeof how === "object") {
    const target = before.find((record) => record.revision === how.rollbackTo);
    return { description: `Rollback to ${how.rollbackTo}`, labels: target?.labels ?? {} };
  }
  if (how === "helm") return { description: "Upgrade complete", labels: before.at(-1)?.labels ?? {} };
  const mark: RevisionMark = { commit: hashOf(world.commits, commit), branch, by: by.name };
  const labels = markLabels(mark, revision);
  return how === "failed"
    ? { description: 'Upgrade "web" failed: context deadline exceeded', labels }
    : { description: description(mark), labels };
}

/** The hash of a commit of the story. */
export function hashOf(commits: Commits, id: string): CommitHash {
  const hash = commits.get(id);
  if (hash === undefined) throw new Error(`The story has no commit "${id}".`);
  return hash;
}

const valuesOf = (
  world: ReleaseWorld,
  release: StoryRelease,
  revision: StoryRevision,
): Readonly<Record<string, unknown>> => ({
  ...release.values,
  ...revision.values,
  image: { ...world.cluster.image, tag: tagOf(world, revision) },
});

function tagOf({ commits }: ReleaseWorld, { commit, tag }: StoryRevision): string {
  if (tag === "latest") return tag;
  return tag === undefined ? hashOf(commits, commit) : `${tag}-${hashOf(commits, commit)}`;
}

/** The chart's files as the commit has them: its own, or those of its nearest ancestor that wrote them. */
export function chartAt({ trunk, branches }: Story, commit: string): Files {
  const branch = branches.find(({ commits }) => commits.some(({ id }) => id === commit));
  const start = branch?.from ?? commit;
  const until = trunk.findIndex(({ id }) => id === start);
  const own = branch?.commits.slice(0, branch.commits.findIndex(({ id }) => id === commit) + 1) ?? [];
  const files = [...trunk.slice(0, until + 1), ...own].flatMap((each) => Object.entries(each.files));
  return Object.fromEntries(files.filter(([path]) => path.startsWith(`${CHART}/`)));
}

function recordedChart(files: Files): RecordedChart {
  const text = (path: string): string => files[`${CHART}/${path}`] ?? "";
  const templates = Object.entries(files).filter(([path]) => path.startsWith(`${CHART}/templates/`));
  return {
    metadata: parse(text("Chart.yaml")) as RecordedChart["metadata"],
    values: parse(text("values.yaml")) as RecordedChart["values"],
    templates: templates.map(([path, content]) => ({
      name: path.slice(CHART.length + 1),
      data: Buffer.from(content).toString("base64"),
    })),
  };
}

/** The manifest that helm makes of the commit's chart, so that the records say what really would have run. */
async function render(world: ReleaseWorld, release: StoryRelease, revision: StoryRevision): Promise<string> {
  const folder = join(world.scratch, key(release, revision.revision));
  for (const [path, text] of Object.entries(chartAt(world.story, revision.commit))) {
    const file = join(folder, path);
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(file, text);
  }
  const values = join(folder, "values.json");
  await writeFile(values, JSON.stringify(valuesOf(world, release, revision)));
  const namespace = world.cluster.namespaces[release.at];
  const args = [
    "template",
    `--namespace=${namespace}`,
    `--values=${values}`,
    "--",
    release.release,
    join(folder, CHART),
  ];
  const { exitCode, stdout, stderr } = await run(world.helm, args);
  if (exitCode !== 0) throw new Error(`helm template failed for ${release.release}: ${stderr.trim()}`);
  return stdout;
}

/** Does the jobs in order, as many at once as there are cores. */
async function inTurns<T, R>(jobs: readonly T[], work: (job: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const waiting = [...jobs.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results[next[0]] = await work(next[1]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}
