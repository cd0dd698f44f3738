import { existsSync } from "node:fs";
import { mkdir, readdir, rm, rmdir, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { HOUR_MS, MINUTE_MS } from "../../src/domain/time.ts";
import { realCluster, SANDBOX, type DemoCluster } from "./demoCluster.ts";
import { cloneFor, writeHistory, writeOwnBranches, type Commits } from "./gitHistory.ts";
import { usedLeases } from "./leases.ts";
import { namespaceObject } from "./objects.ts";
import { ownKubeconfig, prepareOwnCluster } from "./ownCluster.ts";
import { ANN, BEN, type Teammate } from "./people.ts";
import { releaseObjects } from "./releases.ts";
import { RELEASES } from "./releaseStory.ts";
import { rolloutObjects } from "./rollouts.ts";
import {
  SANDBOX_FROM_SOURCE,
  sandboxKubeconfig,
  startSandbox,
  type RunningSandbox,
} from "./sandboxProcess.ts";
import { tellStory, type Story } from "./story.ts";

export interface DemoOptions {
  /** Where everything is made; an empty folder, or one that does not exist. */
  readonly folder: string;
  /** Programs. */
  readonly helm: string;
  readonly kubectl: string;
  /** A context of the person's own kubeconfig, instead of the sandbox. */
  readonly context?: string;
  /** Tells each slow step while it happens. */
  readonly say: (line: string) => void;
  /** The sandbox's program and arguments; from its source when left out. */
  readonly sandboxCommand?: readonly string[];
}

/** What one person of the demo works with. */
export interface DemoPerson {
  readonly kubeconfig: string;
  /** Their clone, to be opened in VS Code. */
  readonly folder: string;
  readonly gitName: string;
  readonly gitMail: string;
  /** For their VS Code and its terminals. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Demo {
  /** Ann's clone. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** VS Code settings for Ann's window; Ben's differ in the kubeconfig alone, which his `env` names. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly people: Readonly<Record<"ann" | "ben", DemoPerson>>;
  readonly tryThis: readonly string[];
  /** Ends the sandbox and removes what was made in the folder; a second time there is nothing left to do. */
  readonly stop: () => Promise<void>;
}

/** Makes the demo's repository, and a cluster with a history to look at. Throws in words when it cannot. */
export async function makeDemo(options: DemoOptions): Promise<Demo> {
  const { folder } = options;
  const isOurs = (await mkdir(folder, { recursive: true })) !== undefined;
  if ((await readdir(folder)).length > 0)
    throw new Error(`The demo needs an empty folder, and ${folder} is not.`);
  const clean = async (): Promise<void> => {
    if (!existsSync(folder)) return;
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
    if (isOurs) await rmdir(folder);
  };
  try {
    return await (options.context === undefined
      ? sandboxDemo(options, clean)
      : ownClusterDemo(options, options.context, clean));
  } catch (error) {
    await clean();
    throw error;
  }
}

async function sandboxDemo(options: DemoOptions, clean: () => Promise<void>): Promise<Demo> {
  const world = await makeRepositories(options, SANDBOX);
  const sandbox = await startFilledSandbox(options, world);
  try {
    const contexts = [SANDBOX.production, SANDBOX.staging];
    const kubeconfigs = {
      ann: await writeKubeconfig(options, sandbox, ANN, contexts),
      ben: await writeKubeconfig(options, sandbox, BEN, contexts),
    };
    const stop = async (): Promise<void> => {
      await sandbox.stop();
      await clean();
    };
    return demoOf(options, { kubeconfigs, isSandbox: true, stop });
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

async function ownClusterDemo(
  options: DemoOptions,
  context: string,
  clean: () => Promise<void>,
): Promise<Demo> {
  const { kubectl, say } = options;
  await prepareOwnCluster({ kubectl, context, say });
  await makeRepositories(options, realCluster(context));
  const kubeconfigs = { ann: ownKubeconfig(), ben: ownKubeconfig() };
  return demoOf(options, { kubeconfigs, isSandbox: false, stop: clean });
}

interface World {
  readonly story: Story;
  readonly commits: Commits;
  readonly now: number;
}

const cloneOf = (folder: string, person: Teammate): string => join(folder, person.user, "shop");

async function makeRepositories({ folder, say }: DemoOptions, cluster: DemoCluster): Promise<World> {
  say("Making the demo's git repository, with the work of four weeks…");
  const now = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  const story = tellStory(cluster);
  const remote = join(folder, "shop.git");
  const commits = await writeHistory(remote, story, now);
  await cloneFor(ANN, remote, cloneOf(folder, ANN));
  await cloneFor(BEN, remote, cloneOf(folder, BEN));
  const own = await writeOwnBranches(cloneOf(folder, ANN), story, { now, checkedOut: "task/login" });
  return { story, commits: new Map([...commits, ...own]), now };
}

async function startFilledSandbox(options: DemoOptions, world: World): Promise<RunningSandbox> {
  const { folder, helm, say } = options;
  const count = RELEASES.reduce((sum, { revisions }) => sum + revisions.length, 0);
  say(`Rendering ${count} revisions of ${RELEASES.length} releases with helm…`);
  const scratch = join(folder, "rendering");
  const released = await releaseObjects({ ...world, cluster: SANDBOX, helm, scratch }, RELEASES);
  await rm(scratch, { recursive: true, force: true });
  const namespaces = Object.values(SANDBOX.namespaces);
  const madeAt = world.now - 640 * HOUR_MS;
  say("Starting the sandbox, a small Kubernetes API on this machine…");
  return startSandbox(options.sandboxCommand ?? SANDBOX_FROM_SOURCE, {
    people: [ANN.user, BEN.user],
    admin: "admin",
    namespaces,
    objects: [
      ...namespaces.map((name) => namespaceObject(name, madeAt)),
      ...usedLeases(SANDBOX.namespaces.locks, world.commits, world.now),
      ...released,
      ...rolloutObjects({ ...world, cluster: SANDBOX }),
    ],
  });
}

async function writeKubeconfig(
  { folder }: DemoOptions,
  sandbox: RunningSandbox,
  person: Teammate,
  contexts: readonly string[],
): Promise<string> {
  const file = join(folder, person.user, "kubeconfig.yaml");
  await writeFile(file, sandboxKubeconfig(sandbox, person.user, contexts), { mode: 0o600 });
  return file;
}

interface Made {
  readonly kubeconfigs: Readonly<Record<"ann" | "ben", string>>;
  readonly isSandbox: boolean;
  readonly stop: () => Promise<void>;
}

function demoOf(options: DemoOptions, { kubeconfigs, isSandbox, stop }: Made): Demo {
  const { folder, helm, kubectl, context } = options;
  const path = [...new Set([dirname(helm), dirname(kubectl)]), process.env["PATH"] ?? ""].join(delimiter);
  const personOf = (person: Teammate, kubeconfig: string): DemoPerson => ({
    kubeconfig,
    folder: cloneOf(folder, person),
    gitName: person.name,
    gitMail: person.mail,
    env: { KUBECONFIG: kubeconfig, PATH: path },
  });
  const ann = personOf(ANN, kubeconfigs.ann);
  return {
    folder: ann.folder,
    env: ann.env,
    settings: {
      "devdeploy.helmPath": helm,
      // In a cluster of one's own, what kubectl reads is right already.
      ...(isSandbox ? { "devdeploy.kubeconfig": ann.kubeconfig } : {}),
    },
    people: { ann, ben: personOf(BEN, kubeconfigs.ben) },
    tryThis: isSandbox ? SANDBOX_TIPS : ownClusterTips(context ?? ""),
    stop,
  };
}

const SANDBOX_TIPS: readonly string[] = [
  'You are Ann, on the branch task/login. Press F1 and run "Devdeploy: Devdeploy Current Branch".',
  "Open the Devdeploy sidebar: dev2 is Ben's for some hours more, the lock of dev3 has ended.",
  'Run "Devdeploy: Status", choose dev2 and ask Ben for it. With npm start -- --two you can answer as Ben.',
  "Production's web crashes since the last deploy. Open its history from its row, and go back to what ran before.",
  "Go back to revision 160 instead: its image was cleaned up since, and you are told so.",
  'thumbnails was deployed past helm, and its new pods crash. Open its history and go back, or run "Devdeploy: Rollout History…".',
  "Switch to task/broken-image and devdeploy it: its image does not exist, and you are told so.",
  "Switch to task/faster-checkout: it has a commit that is not pushed, so it is refused.",
  "In a terminal: kubectl get leases -n devdeploy, and helm history web -n shop",
];

const ownClusterTips = (context: string): readonly string[] => [
  'You are on the branch task/login. Press F1 and run "Devdeploy: Devdeploy Current Branch".',
  `In a terminal: kubectl --context=${context} get leases,pods -n devdeploy-demo`,
];
