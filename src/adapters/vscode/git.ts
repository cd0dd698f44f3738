import * as vscode from "vscode";

// What we use of the API that VS Code's own git extension exports; version 1 is stable.
interface GitExports {
  readonly enabled: boolean;
  getAPI(version: 1): GitApi;
}

interface GitApi {
  getRepository(uri: vscode.Uri): GitRepository | null;
}

interface GitRepository {
  readonly state: { readonly remotes: readonly { readonly name: string }[] };
  getConfigs(): Promise<readonly { readonly key: string; readonly value: string }[]>;
  push(remote: string, branch: string, setUpstream: boolean): Promise<void>;
  pull(): Promise<void>;
}

export type GitActionError =
  { readonly reason: "no-git-extension" } | { readonly reason: "failed"; readonly detail: string };

/** What came of it; undefined is well. */
export type GitActionEnd = GitActionError | undefined;

/**
 * Pushes a branch with the sign-in that VS Code already has, under its own name: to the remote that it is asked for at,
 * which is its own, else `origin`, else the one that other branches follow.
 */
export const pushBranch = (root: string, branch: string): Promise<GitActionEnd> =>
  withRepository(root, async (repository) => {
    const names = repository.state.remotes.map(({ name }) => name);
    const configs = await repository.getConfigs();
    const own = configs.filter(({ key }) => key === `branch.${branch}.remote`);
    const followed = configs.filter(({ key }) => /^branch\..*\.remote$/u.test(key));
    const [remote] = [
      ...own.map(({ value }) => value),
      "origin",
      ...followed.map(({ value }) => value),
      ...names,
    ].filter((name) => names.includes(name));
    await repository.push(remote ?? "origin", branch, true);
  });

/** Pulls the branch that is checked out. */
export const pullBranch = (root: string): Promise<GitActionEnd> =>
  withRepository(root, (repository) => repository.pull());

async function withRepository(
  root: string,
  act: (repository: GitRepository) => Promise<void>,
): Promise<GitActionEnd> {
  const extension = vscode.extensions.getExtension<GitExports>("vscode.git");
  if (extension === undefined) return { reason: "no-git-extension" };
  const exports = extension.isActive ? extension.exports : await extension.activate();
  const repository = exports.enabled ? exports.getAPI(1).getRepository(vscode.Uri.file(root)) : null;
  if (repository === null) return { reason: "no-git-extension" };
  try {
    await act(repository);
    return undefined;
  } catch (error) {
    return { reason: "failed", detail: gitWords(error) };
  }
}

function gitWords(error: unknown): string {
  // The git extension's errors carry git's own words beside their message.
  if (
    error instanceof Error &&
    "stderr" in error &&
    typeof error.stderr === "string" &&
    error.stderr !== ""
  ) {
    return error.stderr;
  }
  return error instanceof Error ? error.message : String(error);
}
