import assert from "node:assert/strict";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { chartPath, writeChartOfCommit } from "../../../../src/adapters/git/chartOfCommit.ts";
import type { DeployerError } from "../../../../src/app/ports.ts";
import { parseCommitHash, type CommitHash } from "../../../../src/domain/branch.ts";
import type { Result } from "../../../../src/domain/result.ts";
import { aFolder, aRepository, type TestRepository } from "../../../builders/gitRepository.ts";

const made: { remove(): void }[] = [];
after(() => {
  for (const each of made) each.remove();
});

function withChart(folder = "charts/app"): TestRepository {
  const repository = aRepository();
  made.push(repository);
  repository.write(`${folder}/Chart.yaml`, "name: app\nversion: 1.0.0\n");
  repository.write(`${folder}/templates/web.yaml`, "kind: Deployment\n");
  return repository;
}

async function chartOf(
  repository: TestRepository,
  chart: string,
): Promise<{ into: string; commit: CommitHash; answer: Result<string, DeployerError> }> {
  const commit = parseCommitHash(repository.git("rev-parse", "HEAD").trim());
  assert.ok(commit.ok);
  const folder = aFolder();
  made.push(folder);
  const into = join(folder.path, "chart");
  const order = { repositoryRoot: repository.root, commit: commit.value, chart, into };
  return {
    into,
    commit: commit.value,
    answer: await writeChartOfCommit(order, new AbortController().signal),
  };
}

test("the chart is that of the commit, whatever the working tree looks like", async () => {
  const repository = withChart();
  repository.commit("chart");
  repository.write("charts/app/templates/web.yaml", "changed since");
  repository.write("charts/app/templates/untracked.yaml", "new");
  const { into, answer } = await chartOf(repository, "./charts/app/");
  assert.deepEqual(answer, { ok: true, value: into });
  assert.equal(readFileSync(join(into, "templates/web.yaml"), "utf8"), "kind: Deployment\n");
  assert.ok(!existsSync(join(into, "templates/untracked.yaml")));
  assert.ok(!existsSync(`${into}.tar`));
});

test("a chart in the root, and in folders whose names are patterns or flags", async () => {
  for (const folder of [".", "-x", "a*b", "$(touch pwned)"]) {
    const repository = withChart(folder);
    repository.commit("chart");
    const { into, answer } = await chartOf(repository, folder);
    assert.deepEqual(answer, { ok: true, value: into });
    assert.ok(existsSync(join(into, "Chart.yaml")));
    assert.ok(!existsSync(join(repository.root, "pwned")));
  }
});

const absences: readonly (readonly [rule: string, chart: string, detail: string])[] = [
  ["a folder that the commit does not have", "charts/absent", "not in this commit"],
  ["a file", "charts/app/Chart.yaml", "not a folder in this commit"],
  ["a folder without Chart.yaml", "charts", "it has no Chart.yaml"],
  ["a folder outside the repository", "../elsewhere", "not a folder inside the repository"],
  ["an absolute path", "/etc", "not a folder inside the repository"],
  ["an address", "oci://registry.example.com/app", "not a folder inside the repository"],
];

for (const [rule, chart, detail] of absences) {
  test(`${rule} is no chart`, async () => {
    const repository = withChart();
    repository.commit("chart");
    const { commit, answer } = await chartOf(repository, chart);
    assert.deepEqual(answer, { ok: false, error: { reason: "chart-absent", chart, commit, detail } });
  });
}

test("a link within the chart is kept, one that leads out of it is refused", async () => {
  const repository = withChart();
  symlinkSync("Chart.yaml", join(repository.root, "charts/app/inner"));
  repository.commit("inner link");
  assert.ok((await chartOf(repository, "charts/app")).answer.ok);

  writeFileSync(join(repository.root, "secret"), "secret");
  const links: readonly string[] = ["../../secret", "/etc/passwd", "templates/../../../secret", "absent"];
  for (const [index, target] of links.entries()) {
    const link = join(repository.root, `charts/app/outer${index}`);
    symlinkSync(target, link);
    repository.commit("outer link");
    const { answer } = await chartOf(repository, "charts/app");
    assert.ok(!answer.ok && answer.error.reason === "chart-absent", target);
    assert.match(answer.error.detail, /link/u);
    repository.git("rm", "--quiet", "--", `charts/app/outer${index}`);
  }
});

test("a link that is turned out of the chart by another link is refused", async () => {
  const repository = withChart();
  repository.write("charts/app/sub/keep", "");
  symlinkSync("..", join(repository.root, "charts/app/sub/up"));
  symlinkSync("sub/up/../Chart.yaml", join(repository.root, "charts/app/turned"));
  repository.commit("links");
  assert.ok(!(await chartOf(repository, "charts/app")).answer.ok);
});

test("paths of a chart are spelled as git spells them", () => {
  assert.deepEqual(
    ["./charts/app", "charts//app/", ".", "", "-x", "a/../b", "/a", "C:\\a", "a:b"].map(chartPath),
    ["charts/app", "charts/app", "", "", "-x", undefined, undefined, undefined, undefined],
  );
});
