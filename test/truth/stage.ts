import { fileURLToPath } from "node:url";
import { parseCommitHash, type CommitHash } from "../../src/domain/branch.ts";
import { aFolder, aRepository, type TestRepository } from "../builders/gitRepository.ts";
import type { TestCluster } from "../contract/cluster.ts";
import { Onlooker } from "./onlooker.ts";

const CHART = fileURLToPath(new URL("chart", import.meta.url));
export const CONTEXT = "staging";
export const RELEASE = "web";

/** Three commits of a repository, one upon the other. */
export type Letter = "A" | "B" | "C";

/** What all stages share. */
export interface Theatre {
  readonly cluster: TestCluster;
  readonly helm: { readonly major: "3" | "4"; readonly path: string };
  readonly kubectl: string;
  /** The bundled supervisor, as the extension ships it. */
  readonly supervisor: string;
}

export interface Deployed {
  /** Begins the image's tag, and decides the fate of its pods. */
  readonly word?: string;
  /** Further values of the chart. */
  readonly values?: Readonly<Record<string, string | number>>;
  /** Whether helm waits until the pods are ready; where it does not, helm calls the revision deployed at once. */
  readonly isAwaited?: boolean;
}

/** A release in a namespace of its own, and a repository whose commits it is of. */
export interface Stage extends Theatre {
  readonly namespace: string;
  readonly repository: TestRepository;
  readonly commits: Readonly<Record<Letter, CommitHash>>;
  readonly onlooker: Onlooker;
  /** For what a scenario writes. */
  readonly folder: string;
  /** Deploys a commit by helm, as a script would. Throws where helm fails. */
  deploy(letter: Letter, how?: Deployed): Promise<void>;
  /** The arguments of that. */
  deployArguments(letter: Letter, how?: Deployed): readonly string[];
  remove(): void;
}

export async function openStage(theatre: Theatre): Promise<Stage> {
  const { cluster, helm, kubectl } = theatre;
  const folder = aFolder();
  const repository = aRepository();
  const commit = (letter: Letter): CommitHash => {
    repository.write(`src/${letter}.txt`, letter);
    const hash = parseCommitHash(repository.commit(`Change ${letter}`));
    if (!hash.ok) throw new Error("git answers with something that is no hash");
    return hash.value;
  };
  const commits = { A: commit("A"), B: commit("B"), C: commit("C") };
  const namespace = await cluster.namespace("truth");
  const onlooker = new Onlooker(
    {
      ...{ helm: helm.path, kubectl, home: folder.path },
      kubeconfig: await cluster.kubeconfig("admin", [CONTEXT]),
    },
    { namespace, release: RELEASE, letters: commits },
  );
  const deployArguments: Stage["deployArguments"] = (letter, how = {}) => {
    const { word, values = {}, isAwaited = true } = how;
    const tag = word === undefined ? commits[letter] : `${word}-${commits[letter]}`;
    const settings = Object.entries(values).map(([name, value]) => `--set=${name}=${value}`);
    return [
      ...["upgrade", "--install", RELEASE, CHART, "--reset-values"],
      ...[`--set-string=image.tag=${tag}`, ...settings],
      ...(isAwaited ? ["--wait", "--timeout", "60s"] : []),
    ];
  };
  return {
    ...theatre,
    ...{ namespace, repository, commits, onlooker, deployArguments },
    folder: folder.path,
    deploy: async (letter, how) => {
      const { code, stderr } = await onlooker.helm(...deployArguments(letter, how));
      if (code !== 0) throw new Error(`helm did not deploy ${letter}: ${stderr}`);
    },
    remove: () => {
      folder.remove();
      repository.remove();
    },
  };
}
