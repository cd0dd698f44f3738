import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { HelmDeployer } from "../../../../src/adapters/helm/runner.ts";
import { isRollback } from "../../../../src/app/pastRuns.ts";
import { processLives } from "../../../../src/adapters/helm/followRun.ts";
import { RunFolders } from "../../../../src/adapters/helm/runFolders.ts";
import { FolderFollowers } from "../../../../src/adapters/system/followers.ts";
import { aKeptRollback } from "../../../builders/rollback.ts";
import { until } from "../../../builders/waiting.ts";
import { anOrder, openLab, type HelmLab } from "./helmLab.ts";

const WAITS = `setInterval(() => {}, 1000); fs.writeFileSync(folder + "/started", String(process.ppid));`;

describe("helm under its supervisor", () => {
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

  test("lines are told as they come, and once the end is told nothing of the run is left", async () => {
    const tool = lab.helm(`console.log("one"); console.error("two"); process.stdout.write("three");`);
    const lines: string[] = [];
    const deployer = lab.deployer();
    const order = anOrder();
    const ran = await deployer.run(tool, order, (line) => lines.push(line), never);
    assert.deepEqual(ran, { ok: true, value: { output: "one\ntwo\nthree" } });
    assert.deepEqual(lines, ["one", "two", "three"]);
    await deployer.told(order);
    assert.deepEqual(lab.runs(), []);
  });

  test("what a closing window says about a run is not its end: it is kept for the next window", async () => {
    const closing = new AbortController();
    const deployer = new HelmDeployer({ ...lab.surroundings, closing: closing.signal }, new Set());
    const order = anOrder();
    assert.ok((await deployer.run(lab.helm(""), order, ignore, never)).ok);
    closing.abort();
    await deployer.told(order);
    assert.equal(lab.runs().length, 1);
  });

  test("values arrive byte for byte in a file of the owner's alone", async () => {
    const values = { branch: "1e6", odd: "a,b={c}", none: "null", "a.b": "$(touch pwned)\u202E" };
    const tool = lab.helm(`
      const file = args.find((arg) => arg.startsWith("--values=")).slice(9);
      console.log((fs.statSync(file).mode & 0o777).toString(8));
      fs.copyFileSync(file, folder + "/arrived");`);
    const ran = await lab.deployer().run(tool, anOrder({ values }), ignore, never);
    assert.deepEqual(ran, { ok: true, value: { output: "600" } });
    assert.equal(readFileSync(join(lab.folder, "arrived"), "utf8"), JSON.stringify(values));
  });

  test("what runs is the command that was shown", async () => {
    const tool = lab.helm(`fs.writeFileSync(folder + "/ran", JSON.stringify([process.argv[1], ...args]));`);
    const deployer = lab.deployer();
    const order = anOrder();
    const shown = deployer.command(tool, order);
    assert.ok((await deployer.run(tool, order, ignore, never)).ok);
    assert.deepEqual(JSON.parse(readFileSync(join(lab.folder, "ran"), "utf8")), shown);
  });

  test("helm sees the chosen kubeconfig and nothing that it has no use for", async () => {
    process.env["SOME_TOKEN"] = "secret";
    process.env["HELM_DRIVER"] = "memory";
    try {
      const tool = lab.helm(`
        console.log(["KUBECONFIG", "SOME_TOKEN", "HELM_DRIVER", "ELECTRON_RUN_AS_NODE", "HOME"]
          .map((name) => typeof process.env[name]).join(" "), process.env.KUBECONFIG);`);
      const ran = await lab.deployer().run(tool, anOrder(), ignore, never);
      assert.deepEqual(ran, {
        ok: true,
        value: { output: "string undefined undefined undefined string /chosen/kubeconfig" },
      });
    } finally {
      delete process.env["SOME_TOKEN"];
      delete process.env["HELM_DRIVER"];
    }
  });

  test("a failure has its exit code, its words and what they come down to", async () => {
    const tool = lab.helm(`console.error("Error: context deadline exceeded"); process.exitCode = 1;`);
    const deployer = lab.deployer();
    const order = anOrder();
    assert.deepEqual(await deployer.run(tool, order, ignore, never), {
      ok: false,
      error: {
        reason: "helm-failed",
        exitCode: 1,
        cause: "waited-too-long",
        output: "Error: context deadline exceeded",
      },
    });
    const [id = ""] = lab.runs();
    const kept = readdirSync(join(lab.storage, "runs", id)).sort();
    assert.deepEqual(kept, ["about.json", "order.json", "output.log", "result.json", "sign.json"]);
    await deployer.told(order);
    assert.deepEqual(lab.runs(), []);
  });

  test("credentials in helm's words are taken out", async () => {
    const tool = lab.helm(`console.log("https://ann:secret@example.com Bearer abc"); process.exitCode = 1;`);
    const lines: string[] = [];
    const ran = await lab.deployer().run(tool, anOrder(), (line) => lines.push(line), never);
    assert.ok(!ran.ok && ran.error.reason === "helm-failed");
    assert.deepEqual(
      [...lines, ran.error.output],
      Array(2).fill("https://[redacted]@example.com [redacted]"),
    );
  });

  test("a program that cannot be started is told as such", async () => {
    const tool = { ...lab.helm(""), path: join(lab.folder, "absent") };
    assert.deepEqual(await lab.deployer().run(tool, anOrder(), ignore, never), {
      ok: false,
      error: { reason: "helm-failed", exitCode: undefined, cause: "other", output: "ENOENT" },
    });
  });

  test("a cancel asks helm to stop and waits for what it says", async () => {
    const tool = lab.helm(`
      process.on("SIGTERM", () => { console.log("Release dev1 has been cancelled."); process.exit(1); });
      ${WAITS.replace("started", "started-cancel")}`);
    const stop = new AbortController();
    const running = lab.deployer().run(tool, anOrder(), ignore, stop.signal);
    await until("helm's start", () => lab.has("started-cancel"));
    stop.abort();
    assert.deepEqual(await running, {
      ok: false,
      error: { reason: "cancelled", output: "Release dev1 has been cancelled." },
    });
  });

  test("helm that ends well although it was asked to stop has ended well", async () => {
    const tool = lab.helm(`
      process.on("SIGTERM", () => { console.log("done"); process.exit(0); });
      ${WAITS.replace("started", "started-well")}`);
    const stop = new AbortController();
    const running = lab.deployer().run(tool, anOrder(), ignore, stop.signal);
    await until("helm's start", () => lab.has("started-well"));
    stop.abort();
    assert.deepEqual(await running, { ok: true, value: { output: "done" } });
  });

  test("a cancel before helm has started starts none", async () => {
    const tool = lab.helm(`fs.writeFileSync(folder + "/never", "")`);
    assert.deepEqual(await lab.deployer().run(tool, anOrder(), ignore, AbortSignal.abort()), {
      ok: false,
      error: { reason: "cancelled", output: "" },
    });
    assert.ok(!lab.has("never"));
    assert.deepEqual(lab.runs(), []);
  });

  test("a supervisor that was killed is not waited for", async () => {
    const tool = lab.helm(WAITS.replace("started", "started-lost"));
    const running = lab.deployer().run(tool, anOrder(), ignore, never);
    const started = join(lab.folder, "started-lost");
    const supervisor = await until("helm's start", () => {
      const pid = lab.has("started-lost") ? readFileSync(started, "utf8") : "";
      return pid === "" ? undefined : Number(pid);
    });
    const helm = childOf(supervisor);
    process.kill(supervisor, "SIGKILL");
    try {
      assert.deepEqual(await running, { ok: false, error: { reason: "run-lost", output: "" } });
    } finally {
      if (helm !== undefined) process.kill(helm, "SIGKILL");
    }
  });

  test("a chart that the commit does not have ends the run before helm", async () => {
    const absent = {
      reason: "chart-absent",
      chart: "x",
      commit: anOrder().mark.commit,
      detail: "none",
    } as const;
    const deployer = new HelmDeployer(
      { ...lab.surroundings, writeChart: () => Promise.resolve({ ok: false, error: absent }) },
      new Set(),
    );
    const tool = lab.helm(`fs.writeFileSync(folder + "/never", "")`);
    assert.deepEqual(await deployer.run(tool, anOrder(), ignore, never), { ok: false, error: absent });
    assert.ok(!lab.has("never"));
    assert.deepEqual(lab.runs(), []);
  });

  test("a rollback that nobody waits for any more goes on, and whoever looks for runs follows it to its end", async () => {
    const tool = lab.helm(`setInterval(() => { if (fs.existsSync(folder + "/go")) process.exit(0); }, 10);
      process.on("SIGTERM", () => process.exit(3)); console.log(args[0], args.at(-1));
      fs.writeFileSync(folder + "/rolling", "");`);
    const followed = new Set<string>();
    const stop = new AbortController();
    const order = aKeptRollback();
    const ran = lab.deployer(followed).rollBack(tool, order, ignore, stop.signal);
    await until("helm's start", () => lab.has("rolling") || undefined);
    stop.abort();
    assert.deepEqual(await ran, { ok: false, error: { reason: "run-lost", output: "" } });

    const pastRuns = new RunFolders(lab.storage, followed, followers);
    const [run] = await pastRuns.adopt();
    assert.ok(run !== undefined && isRollback(run));
    assert.deepEqual([run.order, run.isRunning], [order, true]);
    await pastRuns.stop(run.id);
    writeFileSync(join(lab.folder, "go"), "");
    assert.deepEqual(await pastRuns.ended(run.id, ignore, never), {
      ok: true,
      value: { output: "rollback 1" },
    });
  });

  test("a rollback that is cancelled before helm was started is not begun", async () => {
    const stopped = AbortSignal.abort();
    const ran = await lab.deployer().rollBack(lab.helm(WAITS), aKeptRollback(), ignore, stopped);
    assert.deepEqual([ran, lab.runs()], [{ ok: false, error: { reason: "cancelled", output: "" } }, []]);
  });

  test("an uninstallation keeps nothing of itself", async () => {
    const { release } = anOrder();
    const order = { release, timeoutMinutes: 1 };
    const ran = await lab.deployer().remove(lab.helm(`console.log(args[0]);`), order, ignore, never);
    assert.deepEqual([ran, lab.runs()], [{ ok: true, value: { output: "uninstall" } }, []]);
  });
});

/** Linux tells children of a process; elsewhere the orphan ends with the test's own process group. */
function childOf(pid: number): number | undefined {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return children === "" ? undefined : Number(children.split(" ")[0]);
  } catch {
    return undefined;
  }
}
