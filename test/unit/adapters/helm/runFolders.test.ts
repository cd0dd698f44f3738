import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { RunFolders } from "../../../../src/adapters/helm/runFolders.ts";
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
  const never = new AbortController().signal;
  const { subject, release, mark } = anOrder();

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

    const next = new RunFolders(lab.storage, new Set());
    const [running, ...others] = await next.unseen();
    assert.ok(running !== undefined);
    assert.deepEqual(others, []);
    const { id, startedAt } = running;
    assert.deepEqual(running, { id, subject, release, mark, startedAt, state: { kind: "running" } });

    const end = next.ended(id, never);
    writeFileSync(join(lab.folder, "go"), "");
    const ended = await end;
    assert.ok(ended?.state.kind === "finished");
    const { endedAt } = ended.state;
    assert.ok(endedAt >= startedAt);
    assert.deepEqual(ended.state, { kind: "finished", exitCode: 0, endedAt, output: "working\ndone" });
    const run = join(lab.storage, "runs", id);
    assert.ok(!existsSync(join(run, "values.json")) && !existsSync(join(run, "chart")));

    assert.deepEqual(await next.unseen(), [ended]);
    await next.seen(id);
    assert.deepEqual(await next.unseen(), []);
    assert.deepEqual(lab.runs(), []);
  });

  test("a run whose supervisor is gone without a result is lost, and its values do not stay", async () => {
    const run = join(lab.storage, "runs", "lost");
    mkdirSync(join(run, "chart"), { recursive: true });
    const about = { subject, release, mark, startedAt: 5, hostPid: process.pid };
    writeFileSync(join(run, "about.json"), JSON.stringify(about));
    writeFileSync(join(run, "sign.json"), JSON.stringify({ pid: process.pid, startedAt: 5 }));
    writeFileSync(join(run, "values.json"), "{}");
    const runs = new RunFolders(lab.storage, new Set());
    assert.deepEqual(await runs.unseen(), [
      { id: "lost", subject, release, mark, startedAt: 5, state: { kind: "lost" } },
    ]);
    assert.ok(!existsSync(join(run, "values.json")) && !existsSync(join(run, "chart")));
    await runs.seen("lost");
  });

  test("runs that this window or another open one follows are nobody else's news", async () => {
    const run = (id: string, hostPid: number): void => {
      const folder = join(lab.storage, "runs", id);
      mkdirSync(folder, { recursive: true });
      const about = { subject, release, mark, startedAt: Date.now(), hostPid };
      writeFileSync(join(folder, "about.json"), JSON.stringify(about));
    };
    run("mine", process.pid);
    run("of another window", process.ppid);
    assert.deepEqual(await new RunFolders(lab.storage, new Set(["mine"])).unseen(), []);
  });

  test("a run that was never described has done nothing, and is tidied away in time", async () => {
    const bare = join(lab.storage, "runs", "bare");
    mkdirSync(bare, { recursive: true });
    const runs = new RunFolders(lab.storage, new Set(["mine"]));
    assert.deepEqual(await runs.unseen(), []);
    assert.equal(await runs.ended("bare", never), undefined);
    assert.ok(existsSync(bare));
    utimesSync(bare, 0, 0);
    assert.deepEqual(await runs.unseen(), []);
    assert.ok(!existsSync(bare));
  });

  test("what the supervisor ran is on the disk without any of its surroundings", async () => {
    const tool = lab.helm(`
      const order = require("node:path").join(args.find((arg) => arg.startsWith("--values=")).slice(9), "../order.json");
      fs.copyFileSync(order, folder + "/order.json"); fs.writeFileSync(folder + "/mode", fs.statSync(order).mode.toString(8));`);
    process.env["HTTPS_PROXY"] = "http://ann:secret@proxy";
    try {
      assert.ok((await lab.deployer().run(tool, anOrder(), () => undefined, never)).ok);
    } finally {
      delete process.env["HTTPS_PROXY"];
    }
    assert.ok(!readFileSync(join(lab.folder, "order.json"), "utf8").includes("secret"));
    assert.equal(readFileSync(join(lab.folder, "mode"), "utf8"), "100600");
  });
});
