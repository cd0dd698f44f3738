import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { decodeRelease } from "../../../../src/adapters/helm/decode.ts";
import { RecordDecoder } from "../../../../src/adapters/helm/recordDecoder.ts";
import { bundleDecoder } from "../../../builders/decoder.ts";
import { aFolder } from "../../../builders/gitRepository.ts";
import { packed } from "../../../builders/records.ts";
import { until } from "../../../builders/waiting.ts";
import { ManualClock } from "../../../fakes/clock.ts";
import { FakeLog } from "../../../fakes/log.ts";

const signal = new AbortController().signal;
const payload = {
  name: "dev1",
  version: 1,
  info: { status: "deployed" },
  config: { note: "<b>", deep: [{ a: null }] },
  manifest: "kind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: c, image: 'c:1' }] }\n",
};
const good = packed(payload);
describe("the thread that decodes records", () => {
  let folder: ReturnType<typeof aFolder>;
  let script: URL;
  let clock: ManualClock;
  const decoders: RecordDecoder[] = [];
  const open = (program: URL | undefined, log = new FakeLog()): RecordDecoder => {
    clock = new ManualClock();
    const decoder = new RecordDecoder({ script: program, clock, log });
    decoders.push(decoder);
    return decoder;
  };
  /** A program of the thread that does something else. */
  const programOf = (name: string, source: string): URL => {
    const path = join(folder.path, `${name}.cjs`);
    writeFileSync(path, `const { parentPort } = require("node:worker_threads");\n${source}`);
    return pathToFileURL(path);
  };

  before(async () => {
    folder = aFolder();
    script = await bundleDecoder(folder.path);
  });
  after(() => {
    for (const decoder of decoders) decoder.dispose();
    folder.remove();
  });

  test("answers what decoding here answers", async () => {
    const decoder = open(script);
    const here = await decodeRelease(good);
    assert.equal(here.ok, true);
    assert.deepEqual(await decoder.decode(good, "secret", signal), here);
    const wrong = await decodeRelease("damaged");
    assert.deepEqual(await decoder.decode("damaged", "secret", signal), wrong);
  });

  test("keeps the order in which it was asked", async () => {
    const decoder = open(script);
    const order: number[] = [];
    const asked = [1, 2, 3, 4].map(async (version) => {
      const decoded = await decoder.decode(packed({ ...payload, version }), "secret", signal);
      if (decoded.ok) order.push(decoded.value.revision);
    });
    await Promise.all(asked);
    assert.deepEqual(order, [1, 2, 3, 4]);
  });

  test("leaves out what nobody waits for any more", async () => {
    const decoder = open(script);
    const gone = new AbortController();
    const first = decoder.decode(good, "secret", signal);
    const second = decoder.decode(good, "secret", gone.signal);
    gone.abort();
    assert.equal((await first).ok, true);
    assert.deepEqual(await second, { ok: false, error: { reason: "aborted" } });
  });

  test("a record that ends its thread is unreadable, and the next one gets a new thread", async () => {
    const ending = `parentPort.postMessage("ready");
      parentPort.on("message", ({ data }) => data === "bad" ? process.exit(7) : parentPort.postMessage({ ok: true }));`;
    const decoder = open(programOf("mortal", ending));
    assert.deepEqual(await decoder.decode("bad", "secret", signal), {
      ok: false,
      error: { reason: "unreadable", detail: "it could not be read to its end" },
    });
    assert.equal((await decoder.decode(good, "secret", signal)).ok, true);
  });

  test("a record that takes all time is given up", async () => {
    const decoder = open(
      programOf("slow", 'parentPort.postMessage("ready"); parentPort.on("message", () => {});'),
    );
    const answer = decoder.decode(good, "secret", signal);
    let answered = false;
    void answer.then(() => (answered = true));
    await until("the time to pass", async () => {
      await clock.advance(5_000);
      return answered;
    });
    assert.deepEqual(await answer, {
      ok: false,
      error: { reason: "unreadable", detail: "it takes too long to read" },
    });
  });

  for (const [what, program] of [
    ["was not built", () => pathToFileURL(join(folder.path, "absent.cjs"))],
    ["cannot be started", () => programOf("broken", 'throw new Error("no");')],
    ["ends at once", () => programOf("ending", "process.exit(0);")],
  ] as const) {
    test(`where its program ${what}, records are decoded without it`, async () => {
      const decoder = open(program());
      assert.equal((await decoder.decode(good, "secret", signal)).ok, true);
      assert.equal((await decoder.decode(good, "secret", signal)).ok, true);
    });
  }

  test("an ended decoder begins anew when it is asked again", async () => {
    const decoder = open(script);
    await decoder.decode(good, "secret", signal);
    decoder.dispose();
    assert.equal((await decoder.decode(good, "secret", signal)).ok, true);
  });
});
