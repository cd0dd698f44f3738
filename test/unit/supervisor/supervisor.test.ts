import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import type {
  SupervisedOperation,
  SupervisorResult,
  SupervisorSign,
} from "../../../src/domain/supervision.ts";
import { aFolder } from "../../builders/gitRepository.ts";
import { anOperation } from "../../builders/lock.ts";
import { bundleSupervisor } from "../../builders/supervisor.ts";
import { until } from "../../builders/waiting.ts";

/** An id that no process has: the largest that Linux gives away is 4194304. */
const NOBODY = 4_194_305;

/** Plays the bundle of the cluster's client: tells what is written to the Lease, until a file says who took it. */
const CLUSTER = (folder: string): string => `
const fs = require("node:fs"), folder = ${JSON.stringify(folder)};
fs.writeFileSync(folder + "/loaded", fs.existsSync(folder + "/started") ? "after helm" : "before helm");
const taken = () => fs.existsSync(folder + "/taken");
const answer = (record) => ({ ok: true, value: { value: { record, version: { uid: "u", resourceVersion: "1" } } } });
const operations = {
  async write(ref, version, next) {
    if (taken()) return { ok: false, error: { reason: "conflict" } };
    fs.appendFileSync(folder + "/writes", next.kind + " ");
    return answer(next);
  },
  async read() {
    return answer({ kind: "working", by: "ben", name: "Ben Ode", run: "bens", what: "x", lasts: 1, transitions: 2, beat: "" });
  },
};
exports.openCluster = () => ({ pinned: () => ({ operations }), dispose() {} });
`;

describe("the supervisor", () => {
  let own: ReturnType<typeof aFolder>;
  let supervisor = "";
  let run = "";
  before(async () => {
    own = aFolder();
    supervisor = await bundleSupervisor(own.path);
  });
  after(() => {
    own.remove();
  });
  beforeEach(() => {
    rmSync(join(own.path, "run"), { recursive: true, force: true });
    rmSync(clientPath(), { force: true });
    run = join(own.path, "run");
    mkdirSync(run);
  });

  const clientPath = (): string => join(dirname(supervisor), "cluster.cjs");
  const file = (name: string): string => join(run, name);
  const has = (name: string) => (): true | undefined => existsSync(file(name)) || undefined;
  const writes = (): string =>
    existsSync(file("writes")) ? readFileSync(file("writes"), "utf8").trim() : "";

  /** Runs a program in JavaScript; answers with its result once the supervisor itself has ended. */
  async function supervise(
    code: string,
    renew?: Partial<SupervisedOperation>,
    isStoppable = true,
  ): Promise<Omit<SupervisorResult, "endedAt" | "remarks"> & { readonly remarks: number }> {
    const program = file("program");
    const head = `#!${process.execPath}\nconst fs = require("node:fs"), folder = ${JSON.stringify(run)};\n`;
    writeFileSync(program, `${head}${code}\nfs.writeFileSync(folder + "/started", "");\n`);
    chmodSync(program, 0o755);
    const operation: SupervisedOperation = {
      ref: { context: "staging", namespace: "devdeploy", name: "dev1-operation" },
      stored: { record: anOperation(), version: { uid: "u", resourceVersion: "1" } },
      every: 50,
      stopsWhenTaken: true,
      hostPid: process.pid,
      ...renew,
    };
    const files = { log: "log", sign: "sign", cancel: "cancel", result: "result" };
    const order = {
      program,
      args: [],
      ...Object.fromEntries(Object.entries(files).map(([key, name]) => [key, file(name)])),
      remove: [],
      isStoppable,
      patience: 200,
      ...(renew === undefined ? {} : { renew: operation }),
    };
    writeFileSync(file("order"), JSON.stringify(order));
    const child = spawn(process.execPath, [supervisor], { stdio: ["pipe", "inherit", "inherit"] });
    child.stdin.end(`${file("order")}\n`);
    await once(child, "exit");
    const { endedAt, remarks, ...result } = JSON.parse(
      readFileSync(file("result"), "utf8"),
    ) as SupervisorResult;
    assert.ok(endedAt > 0);
    return { ...result, remarks: remarks.length };
  }

  const UNTIL_GO = `setInterval(() => { if (fs.existsSync(folder + "/go")) process.exit(0); }, 10);`;
  const well = {
    exitCode: 0,
    signal: null,
    startError: null,
    takenBy: null,
    isCancelled: false,
    remarks: 0,
  };

  // That a renewal found somebody else is remarked.
  const taken = { ...well, takenBy: "Ben Ode", remarks: 1 };

  test("helm is at work before the cluster's client loads, and the Lease is then renewed", async () => {
    writeFileSync(
      clientPath(),
      `while (!require("node:fs").existsSync(${JSON.stringify(file("started"))}));\n${CLUSTER(run)}`,
    );
    const ended = supervise(UNTIL_GO, {});
    await until("three renewals", () => writes().split(" ").length >= 3 || undefined);
    writeFileSync(file("go"), "");
    assert.deepEqual(await ended, well);
    assert.equal(readFileSync(file("loaded"), "utf8"), "after helm");
  });

  test("the Lease is left to the window that began the run, and given back where that is gone", async () => {
    for (const [hostPid, last] of [
      [process.pid, "working"],
      [NOBODY, "idle"],
    ] as const) {
      writeFileSync(clientPath(), CLUSTER(run));
      for (const name of ["go", "writes"]) rmSync(file(name), { force: true });
      const ended = supervise(UNTIL_GO, { hostPid });
      await until("a renewal", () => writes() !== "" || undefined);
      writeFileSync(file("go"), "");
      assert.deepEqual(await ended, well);
      assert.equal(writes().split(" ").at(-1), last);
    }
  });

  test("without a whole order, as its window has none or is gone, it ends and does nothing", async () => {
    for (const said of ["", file("order")]) {
      writeFileSync(file("order"), "{}");
      const child = spawn(process.execPath, [supervisor], { stdio: ["pipe", "ignore", "pipe"] });
      child.stdin.end(said);
      const [code] = (await once(child, "exit")) as readonly unknown[];
      assert.deepEqual([code, readdirSync(run)], [0, ["order"]]);
    }
  });

  test("a client that cannot be loaded is remarked, and helm works to its end", async () => {
    assert.deepEqual(await supervise(`setTimeout(() => {}, 300);`, {}), { ...well, remarks: 1 });
  });

  test("another holder ends an upgrade softly, never hard, and leaves a rollback alone", async () => {
    // Ends in its own time after it was asked for the second time: for the Lease, and by its window.
    const slow = `let asked = 0;
      process.on("SIGTERM", () => {
        asked += 1;
        if (asked === 1) fs.writeFileSync(folder + "/asked", "");
        else setTimeout(() => process.exit(1), 600);
      });
      ${UNTIL_GO}`;
    writeFileSync(clientPath(), CLUSTER(run));
    const upgrade = supervise(slow, {});
    await until("helm's start", has("started"));
    writeFileSync(file("taken"), "");
    await until("the end of an upgrade whose Lease was taken", has("asked"));
    writeFileSync(file("cancel"), "");
    assert.deepEqual(await upgrade, { ...taken, exitCode: 1, isCancelled: true });
    rmSync(file("cancel"));

    rmSync(file("writes"));
    const rollback = supervise(`setTimeout(() => process.exit(0), 600);`, { stopsWhenTaken: false });
    assert.deepEqual(await rollback, taken);
    assert.equal(writes(), "");
  });

  test("a helm that a person stops, and that does not end by itself, is ended hard after a while", async () => {
    const deaf = supervise(`process.on("SIGTERM", () => {}); ${UNTIL_GO}`);
    await until("helm's start", has("started"));
    writeFileSync(file("cancel"), "");
    assert.deepEqual(await deaf, { ...well, exitCode: null, signal: "SIGKILL", isCancelled: true });
  });

  test("a helm that has no soft end is not stopped by anybody once it works, and begun for nobody who cancelled before", async () => {
    const asked = `process.on("SIGTERM", () => fs.writeFileSync(folder + "/asked", "")); ${UNTIL_GO}`;
    const rollback = supervise(asked, undefined, false);
    await until("helm's start", has("started"));
    writeFileSync(file("cancel"), "");
    const { pid } = JSON.parse(readFileSync(file("sign"), "utf8")) as SupervisorSign;
    process.kill(pid, "SIGTERM");
    await until("two more signs of life", lookedTwice(file("sign")));
    writeFileSync(file("go"), "");
    assert.deepEqual([await rollback, existsSync(file("asked"))], [well, false]);

    for (const name of ["go", "started", "sign"]) rmSync(file(name), { force: true });
    const ended = await supervise(asked, undefined, false);
    assert.deepEqual(ended, { ...well, exitCode: null, signal: "SIGTERM", isCancelled: true });
    assert.ok(!existsSync(file("started")));
  });
});

/** The supervisor looks for a cancel with each sign that it gives. */
function lookedTwice(sign: string): () => true | undefined {
  const times = new Set<number>();
  return () => times.add(statSync(sign).mtimeMs).size >= 3 || undefined;
}
