import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { processLives } from "../../../../src/adapters/helm/followRun.ts";
import { RunFolders } from "../../../../src/adapters/helm/runFolders.ts";
import { FolderFollowers } from "../../../../src/adapters/system/followers.ts";
import { until } from "../../../builders/waiting.ts";
import { anOrder, openLab, type HelmLab } from "./helmLab.ts";

describe("runs of windows that are gone", () => {
  let lab: HelmLab;
  before(async () => {
    lab = await openLab();
  });
  after(() => {
    lab.remove();
  });
  beforeEach(() => {
    lab.forget();
  });
  const never = new AbortController().signal;
  const ignore = (): void => undefined;
  const followers = new FolderFollowers(processLives);
  const { subject, release, mark, revision } = anOrder();
  const order = { subject, release, mark, revision, driver: { timeoutMinutes: 5 } };
  const kubeconfig = "/chosen/kubeconfig";

  test("helm goes on when its window is killed, and the next window finds it and its end", async () => {
    const tool = lab.helm(`
      console.log("working"); fs.writeFileSync(folder + "/started", "");
      const timer = setInterval(() => {
        if (!fs.existsSync(folder + "/go")) return;
        clearInterval(timer); console.log("done");
      }, 20);`);
    const script = fileURLToPath(new URL("doomedWindow.ts", import.meta.url));
    const window = spawn(
      process.execPath,
      ["--import", "tsx", script, lab.folder, lab.surroundings.supervisor, tool.path],
      { stdio: "ignore" },
    );
    await until("helm's start", () => lab.has("started"));
    const gone = once(window, "exit");
    window.kill("SIGKILL");
    await gone;

    const next = new RunFolders(lab.storage, new Set(), followers);
    const [running, ...others] = await next.adopt();
    assert.ok(running !== undefined);
    assert.deepEqual(others, []);
    const { id, startedAt } = running;
    assert.deepEqual(running, { id, order, kubeconfig, startedAt, isRunning: true });

    const lines: string[] = [];
    const end = next.ended(id, (line) => lines.push(line), never);
    writeFileSync(join(lab.folder, "go"), "");
    assert.deepEqual(await end, { ok: true, value: { output: "working\ndone" } });
    assert.deepEqual(lines, ["working", "done"]);
    const run = join(lab.storage, "runs", id);
    assert.ok(!existsSync(join(run, "values.json")) && !existsSync(join(run, "chart")));

    // It was followed, not yet told: the window after that one goes on from there.
    assert.deepEqual(await next.adopt(), []);
    const later = new RunFolders(lab.storage, new Set(), followers);
    assert.deepEqual(await later.adopt(), [{ ...running, isRunning: false }]);
    assert.deepEqual(await later.ended(id, ignore, never), { ok: true, value: { output: "working\ndone" } });
    await later.seen(id);
    assert.deepEqual(lab.runs(), []);
  });

  test("a run whose supervisor is gone without a result is lost, and its values do not stay", async () => {
    const run = join(lab.storage, "runs", "lost");
    mkdirSync(join(run, "chart"), { recursive: true });
    const about = { order, startedAt: 5, hostPid: process.pid };
    writeFileSync(join(run, "about.json"), JSON.stringify(about));
    writeFileSync(join(run, "sign.json"), JSON.stringify({ pid: process.pid, startedAt: 5 }));
    writeFileSync(join(run, "values.json"), "{}");
    const runs = new RunFolders(lab.storage, new Set(), followers);
    assert.deepEqual(await runs.adopt(), [{ id: "lost", order, startedAt: 5, isRunning: false }]);
    assert.deepEqual(await runs.ended("lost", ignore, never), {
      ok: false,
      error: { reason: "run-lost", output: "" },
    });
    assert.ok(!existsSync(join(run, "values.json")) && !existsSync(join(run, "chart")));
    await runs.seen("lost");
    assert.deepEqual(lab.runs(), []);
  });

  test("runs that this window or another open one follows are nobody else's news", async () => {
    const run = (id: string, hostPid: number, startedAt = Date.now()): void => {
      const folder = join(lab.storage, "runs", id);
      mkdirSync(folder, { recursive: true });
      const about = { order, startedAt, hostPid };
      writeFileSync(join(folder, "about.json"), JSON.stringify(about));
    };
    run("mine", process.pid);
    run("of another window", process.ppid);
    const followed = new Set(["mine"]);
    assert.deepEqual(await new RunFolders(lab.storage, followed, followers).adopt(), []);
    const other = { hostPid: process.ppid, startedAt: Date.now() };
    run("adopted by another window", process.ppid, 5);
    const follower = join(lab.storage, "runs", "adopted by another window", "follower.json");
    writeFileSync(follower, JSON.stringify(other));
    assert.deepEqual(await new RunFolders(lab.storage, followed, followers).adopt(), []);
    // That one is gone as well: its id was given away before this machine was started.
    writeFileSync(follower, JSON.stringify({ ...other, startedAt: 5 }));
    const adopted = await new RunFolders(lab.storage, followed, followers).adopt();
    assert.deepEqual(
      adopted.map(({ id }) => id),
      ["adopted by another window"],
    );
  });

  test("how a run ended is told as its own window would have told it", async () => {
    const result = { exitCode: 1, signal: null, startError: null, remarks: [], endedAt: 7 };
    const ended = async (id: string, how: object): Promise<unknown> => {
      const folder = join(lab.storage, "runs", id);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "result.json"), JSON.stringify({ ...result, ...how }));
      writeFileSync(join(folder, "output.log"), "Error: context deadline exceeded\n");
      return new RunFolders(lab.storage, new Set(), followers).ended(id, ignore, never);
    };
    const output = "Error: context deadline exceeded";
    assert.deepEqual(
      [
        await ended("failed", { takenBy: null, isCancelled: false }),
        await ended("cancelled", { takenBy: null, isCancelled: true }),
        await ended("taken", { takenBy: "Ben Ode", isCancelled: true }),
        await ended("well after all", { exitCode: 0, takenBy: "Ben Ode", isCancelled: true }),
      ],
      [
        { ok: false, error: { reason: "helm-failed", exitCode: 1, cause: "waited-too-long", output } },
        { ok: false, error: { reason: "cancelled", output } },
        { ok: false, error: { reason: "cancelled", output, takenBy: "Ben Ode" } },
        { ok: true, value: { output } },
      ],
    );
  });

  test("a run that was never described has done nothing, and is tidied away in time", async () => {
    const bare = join(lab.storage, "runs", "bare");
    mkdirSync(bare, { recursive: true });
    const runs = new RunFolders(lab.storage, new Set(["mine"]), followers);
    assert.deepEqual(await runs.adopt(), []);
    assert.ok(existsSync(bare));
    utimesSync(bare, 0, 0);
    assert.deepEqual(await runs.adopt(), []);
    assert.ok(!existsSync(bare));
  });

  test("what the supervisor ran is on the disk without any of its surroundings", async () => {
    const tool = lab.helm(`
      const order = require("node:path").join(args.find((arg) => arg.startsWith("--values=")).slice(9), "../order.json");
      fs.copyFileSync(order, folder + "/order.json"); fs.writeFileSync(folder + "/mode", fs.statSync(order).mode.toString(8));`);
    process.env["HTTPS_PROXY"] = "http://ann:secret@proxy";
    try {
      assert.ok((await lab.deployer().run(tool, anOrder(), ignore, never)).ok);
    } finally {
      delete process.env["HTTPS_PROXY"];
    }
    assert.ok(!readFileSync(join(lab.folder, "order.json"), "utf8").includes("secret"));
    assert.equal(readFileSync(join(lab.folder, "mode"), "utf8"), "100600");
  });
});
