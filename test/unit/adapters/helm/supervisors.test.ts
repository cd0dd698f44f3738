import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, beforeEach, describe, test } from "node:test";
import { processLives } from "../../../../src/adapters/helm/followRun.ts";
import { Supervisors } from "../../../../src/adapters/helm/supervisors.ts";
import { MINUTE_MS } from "../../../../src/domain/time.ts";
import { aFolder } from "../../../builders/gitRepository.ts";
import { until } from "../../../builders/waiting.ts";

/** Tells that it has begun, and at its end what it was told and in which surroundings. */
const PROGRAM = (told: string): string => `
const fs = require("node:fs");
const tell = (what) => fs.appendFileSync(${JSON.stringify(told)}, what + "\\n");
fs.writeFileSync(${JSON.stringify(`${told}.pid`)}, String(process.pid));
tell("begun");
let order = "";
process.stdin.on("data", (part) => { order += part; });
process.stdin.on("end", () => { tell(JSON.stringify(order) + " in " + process.env.WHERE); });
`;

describe("supervisors", () => {
  const own = aFolder();
  const program = join(own.path, "supervisor.cjs");
  const told = join(own.path, "told");
  const pid = `${told}.pid`;
  const place = { program, node: process.execPath, folder: own.path };
  const here = { WHERE: "here" };
  writeFileSync(program, PROGRAM(told));
  after(() => {
    own.remove();
  });
  beforeEach(() => {
    rmSync(told, { force: true });
  });

  const lines = (): readonly string[] =>
    existsSync(told) ? readFileSync(told, "utf8").trimEnd().split("\n") : [];
  const said = (count: number): Promise<true> =>
    until(`${count} lines`, () => (lines().length >= count ? true : undefined));
  const ended = async (supervisor: ChildProcess): Promise<readonly string[]> => {
    // By itself it keeps nobody waiting.
    supervisor.ref();
    await once(supervisor, "exit");
    return lines();
  };

  test("one that was prepared is given the order, however often it was prepared", async () => {
    const supervisors = new Supervisors(place);
    supervisors.prepare(here);
    supervisors.prepare({ ...here });
    await said(1);
    assert.deepEqual(await ended(supervisors.start(here, "/order")), ["begun", '"/order\\n" in here']);
  });

  test("each order has a supervisor of its own", async () => {
    const supervisors = new Supervisors(place);
    supervisors.prepare(here);
    const [one, other] = [supervisors.start(here, "/one"), supervisors.start(here, "/other")];
    await Promise.all([ended(one), ended(other)]);
    assert.deepEqual([...lines()].sort(), ['"/one\\n" in here', '"/other\\n" in here', "begun", "begun"]);
  });

  test("one that was prepared for other surroundings is not used for these", async () => {
    const supervisors = new Supervisors(place);
    supervisors.prepare({ WHERE: "there" });
    await said(1);
    const found = await ended(supervisors.start(here, "/order"));
    assert.deepEqual(found, ["begun", "begun", '"/order\\n" in here']);
    supervisors.prepare(here);
    await said(5);
    assert.ok(lines().includes('"" in there'));
  });

  test("one that has ended meanwhile is replaced", async () => {
    const supervisors = new Supervisors(place);
    supervisors.prepare(here);
    await said(1);
    const killed = Number(readFileSync(pid, "utf8"));
    process.kill(killed, "SIGKILL");
    // Only its parent, this process, can take note of its end, and has done so then.
    await until("its end", () => (processLives(killed, Date.now()) ? undefined : true));
    assert.deepEqual(await ended(supervisors.start(here, "/order")), [
      "begun",
      "begun",
      '"/order\\n" in here',
    ]);
  });

  test("nobody waits for an order for longer than two minutes", async (context) => {
    context.mock.timers.enable({ apis: ["setTimeout"] });
    const supervisors = new Supervisors(place);
    supervisors.prepare(here);
    context.mock.timers.tick(2 * MINUTE_MS);
    context.mock.timers.reset();
    await said(2);
    assert.deepEqual(lines(), ["begun", '"" in here']);
  });
});
