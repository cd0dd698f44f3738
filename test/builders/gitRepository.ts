import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A git repository on the disk, made for one test. */
export interface TestRepository {
  readonly root: string;
  /** Runs git there as Ann, whatever the machine's own configuration is; answers with what it prints. */
  git(...args: readonly string[]): string;
  write(path: string, content: string): void;
  /** Commits everything there is and answers with the full hash. */
  commit(message: string): string;
  remove(): void;
}

const ENVIRONMENT = {
  PATH: process.env["PATH"] ?? "",
  HOME: tmpdir(),
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
};

/** An empty folder outside any repository. */
export function aFolder(): { readonly path: string; remove(): void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "devdeploy-test-")));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** A repository without a commit, on the branch `master`. */
export function aRepository(): TestRepository {
  const folder = aFolder();
  const repository: TestRepository = {
    root: folder.path,
    git: (...args) =>
      execFileSync("git", args, { cwd: folder.path, env: ENVIRONMENT, encoding: "utf8", stdio: "pipe" }),
    write: (path, content) => {
      const file = join(folder.path, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    },
    commit: (message) => {
      repository.git("add", "--all");
      repository.git("commit", "--quiet", "--allow-empty", "--message", message);
      return repository.git("rev-parse", "HEAD").trim();
    },
    remove: () => {
      folder.remove();
    },
  };
  repository.git("init", "--quiet", "--initial-branch=master");
  repository.git("config", "user.name", "Ann Lee");
  repository.git("config", "user.email", "Ann@Example.com");
  return repository;
}

/** A bare repository that serves as somebody's remote. */
export function aRemote(of: TestRepository, name = "origin"): TestRepository {
  const remote = aRepository();
  remote.git("config", "core.bare", "true");
  of.git("remote", "add", "--", name, join(remote.root, ".git"));
  return remote;
}
