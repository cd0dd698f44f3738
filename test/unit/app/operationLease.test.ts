import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { holdOperation, takeUpOperation, type OperationRefused } from "../../../src/app/operationLease.ts";
import type { HoldOperation } from "../../../src/app/deployBranch.ts";
import type { WriteError } from "../../../src/app/ports.ts";
import { RenewedOperation, type RunningOperation } from "../../../src/app/renewedOperation.ts";
import type { OperationRecord } from "../../../src/domain/operation.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import { ok, type Result } from "../../../src/domain/result.ts";
import { MINUTE_MS, SECOND_MS } from "../../../src/domain/time.ts";
import { ann, ben } from "../../builders/deploy.ts";
import { anOperation } from "../../builders/lock.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { FakeOperationStore } from "../../fakes/leases.ts";
import { FakeLog } from "../../fakes/log.ts";

const ref = { context: "staging", namespace: "devdeploy", name: "dev1-operation" };
const timeout: WriteError = { reason: "timeout", server: "https://staging", afterMs: 5_000 };
const bens = anOperation({ by: holderIdentity(ben), name: ben.name, run: "bens", what: "devdeploy x" });
const never = new AbortController().signal;

type Outcome = Result<RunningOperation, OperationRefused>;

function aSetting(record: OperationRecord | "missing" = { kind: "idle", transitions: 3 }) {
  const operations = new FakeOperationStore();
  if (record !== "missing") operations.objects.put(ref, record);
  const clock = new ManualClock();
  let runs = 0;
  const services = { operations, clock, log: new FakeLog(), newNonce: () => `run-${(runs += 1)}` };
  const hold = (signal = never): Promise<Outcome> =>
    holdOperation(services, { ref, by: ann, what: "devdeploy y" }, signal);
  /** Goes on in small steps, as time does, until the promise is settled; says after how many seconds. */
  const settle = async <T>(promise: Promise<T>, limit = 90): Promise<{ value: T; seconds: number }> => {
    const state: { value?: T; isDone: boolean } = { isDone: false };
    void promise.then((value) => Object.assign(state, { value, isDone: true }));
    for (let seconds = 0; seconds <= limit; seconds += 1) {
      for (let turn = 0; turn < 5; turn += 1) await clock.advance(0);
      if (state.isDone) return { value: await promise, seconds };
      await clock.advance(SECOND_MS);
    }
    return assert.fail("it never came to an end");
  };
  const held = async (): Promise<RunningOperation> => {
    const { value } = await settle(hold());
    return value.ok ? value.value : assert.fail(JSON.stringify(value.error));
  };
  return {
    operations,
    clock,
    services,
    hold,
    held,
    settle,
    stored: () => operations.objects.get(ref)?.record,
  };
}

const beat = (record: OperationRecord | undefined): string => (record?.kind === "working" ? record.beat : "");

describe("taking an operation", () => {
  test("an idle one is taken at once, with a higher fencing token", async () => {
    const { held, stored } = aSetting();
    await held();
    assert.deepEqual(
      stored(),
      anOperation({ run: "run-1", what: "devdeploy y", transitions: 4, beat: beat(stored()) }),
    );
  });

  test("a missing Lease is made", async () => {
    const { held, stored } = aSetting("missing");
    await held();
    assert.equal(stored()?.kind, "working");
  });

  test("another's that shows a sign of life is busy, and says who does what", async () => {
    const { hold, settle, operations, clock } = aSetting(bens);
    const outcome = hold();
    await clock.advance(SECOND_MS);
    operations.objects.put(ref, { ...bens, beat: "later" });
    assert.deepEqual((await settle(outcome)).value, {
      ok: false,
      error: { reason: "busy", by: "Ben Ode", what: "devdeploy x", isMine: false },
    });
  });

  test("another's is taken over only once it stayed unchanged for its whole length on our own clock", async () => {
    const { hold, settle } = aSetting(bens);
    const { value, seconds } = await settle(hold());
    assert.deepEqual([value.ok, seconds], [true, 30]);
  });

  test("a second window of the same person is another run", async () => {
    const { hold, settle, held, clock } = aSetting();
    await held();
    const { value } = await settle(hold());
    assert.deepEqual(value, {
      ok: false,
      error: { reason: "busy", by: "Ann Lee", what: "devdeploy y", isMine: true },
    });
    assert.ok(clock.monotonic() < MINUTE_MS);
  });

  test("one that cannot be read, or that lasts for hours, is busy at once", async () => {
    const unreadable = aSetting({ kind: "unreadable", holder: "who", problem: "renewTime is missing" });
    assert.deepEqual((await unreadable.settle(unreadable.hold())).value, {
      ok: false,
      error: { reason: "busy", by: "who", what: "renewTime is missing", isMine: false },
    });
    const long = aSetting({ ...bens, lasts: 60 * MINUTE_MS });
    const { value, seconds } = await long.settle(long.hold());
    assert.deepEqual([value.ok, seconds], [false, 0]);
  });

  test("of two who take an idle one at once exactly one has it", async () => {
    const { hold, settle } = aSetting();
    const { value } = await settle(Promise.all([hold(), hold()]));
    assert.deepEqual(
      value.map((outcome) => (outcome.ok ? "ok" : outcome.error.reason)),
      ["ok", "busy"],
    );
  });

  test("a write whose answer was lost is found again, and is ours at once", async () => {
    const { hold, settle, operations } = aSetting();
    operations.objects.writeFaults.push({ error: timeout, isDone: true });
    const { value, seconds } = await settle(hold());
    assert.deepEqual([value.ok, seconds, operations.objects.writes], [true, 0, 1]);
  });

  test("cancelled while it waits for another's end, it gives up and writes nothing", async () => {
    const { hold, settle, operations, clock } = aSetting(bens);
    const abort = new AbortController();
    const outcome = hold(abort.signal);
    await clock.advance(5 * SECOND_MS);
    abort.abort();
    assert.deepEqual((await settle(outcome)).value, { ok: false, error: { reason: "aborted" } });
    assert.equal(operations.objects.writes, 0);
  });
});

describe("holding an operation", () => {
  test("it is renewed every five seconds", async () => {
    const { held, clock, stored } = aSetting();
    await held();
    const beats = new Set<string>();
    for (let second = 0; second < 20; second += 1) {
      beats.add(beat(stored()));
      await clock.advance(SECOND_MS);
    }
    assert.equal(beats.size, 4);
  });

  test("an API server that is away for a minute stops nothing, and renewals go on after it", async () => {
    const { held, clock, operations, stored } = aSetting();
    const operation = await held();
    for (let write = 0; write < 100; write += 1) {
      operations.objects.writeFaults.push({ error: timeout, isDone: false });
      operations.objects.readFaults.push(timeout);
    }
    const before = beat(stored());
    for (let second = 0; second < 60; second += 1) await clock.advance(SECOND_MS);
    assert.deepEqual([operation.takenOver.aborted, beat(stored())], [false, before]);
    assert.ok(operations.objects.writeFaults.length < 95, "it kept trying");
    operations.objects.writeFaults.length = 0;
    operations.objects.readFaults.length = 0;
    for (let second = 0; second < 7; second += 1) await clock.advance(SECOND_MS);
    assert.deepEqual([operation.takenOver.aborted, beat(stored()) === before], [false, false]);
  });

  test("another holder who is read there is told at once, and is not disturbed", async () => {
    const { held, clock, operations, stored } = aSetting();
    const operation = await held();
    operations.objects.put(ref, bens);
    for (let second = 0; second < 7; second += 1) await clock.advance(SECOND_MS);
    assert.deepEqual([operation.takenOver.aborted, operation.takenBy], [true, "Ben Ode"]);
    await operation.release();
    assert.deepEqual(stored(), bens);
  });

  test("a note that somebody put on the Lease does not end it", async () => {
    const { held, clock, operations, stored } = aSetting();
    const operation = await held();
    const mine = stored();
    if (mine !== undefined) operations.objects.put(ref, mine);
    for (let second = 0; second < 12; second += 1) await clock.advance(SECOND_MS);
    assert.deepEqual([operation.takenOver.aborted, beat(stored()) === beat(mine)], [false, false]);
  });

  test("a Lease that was deleted is not made again, and is no other holder", async () => {
    const { held, clock, operations, stored } = aSetting();
    const operation = await held();
    operations.objects.delete(ref);
    for (let second = 0; second < 12; second += 1) await clock.advance(SECOND_MS);
    assert.deepEqual([operation.takenOver.aborted, stored()], [false, undefined]);
  });

  test("one that was emptied while we work is ours again with the next renewal", async () => {
    const { held, clock, operations, stored } = aSetting();
    await held();
    operations.objects.put(ref, { kind: "idle", transitions: 4 });
    for (let second = 0; second < 12; second += 1) await clock.advance(SECOND_MS);
    const record = stored();
    assert.equal(record?.kind === "working" && record.run, "run-1");
  });

  test("released, it is idle with its fencing token, and is not renewed any more", async () => {
    const { held, clock, stored, settle } = aSetting();
    const operation = await held();
    await settle(operation.release());
    await clock.advance(MINUTE_MS);
    assert.deepEqual(stored(), { kind: "idle", transitions: 4 });
  });

  test("a release whose answer is lost ends well all the same", async () => {
    const { held, operations, settle, stored } = aSetting();
    const operation = await held();
    operations.objects.writeFaults.push({ error: timeout, isDone: true });
    await settle(operation.release());
    assert.equal(stored()?.kind, "idle");
  });
});

describe("an operation that two processes of one run hold", () => {
  const anOther = (setting: ReturnType<typeof aSetting>, first: RunningOperation): RenewedOperation => {
    const other = new RenewedOperation(setting.services, first.held);
    other.start();
    return other;
  };
  const seconds = async ({ clock }: ReturnType<typeof aSetting>, count: number): Promise<void> => {
    for (let second = 0; second < count; second += 1) await clock.advance(SECOND_MS);
  };

  test("both may renew: a conflict with oneself is read again, and is no takeover", async () => {
    const setting = aSetting();
    const first = await setting.held();
    const other = anOther(setting, first);
    const beats = new Set<string>();
    for (let second = 0; second < 60; second += 1) {
      beats.add(beat(setting.stored()));
      await seconds(setting, 1);
    }
    assert.ok(beats.size >= 10, `${beats.size} beats in a minute`);
    assert.deepEqual([first.takenOver.aborted, other.takenOver.aborted], [false, false]);
    assert.deepEqual(setting.services.log.lines, []);
  });

  test("who stands by writes nothing while the other renews", async () => {
    const setting = aSetting();
    const first = await setting.held();
    first.standBy();
    await seconds(setting, 2);
    const other = anOther(setting, first);
    await seconds(setting, 20);
    const { writes } = setting.operations.objects;
    // One to take it, and the other's: at 7, 12, 17 and 22 seconds.
    assert.equal(writes, 5);
    await other.leave();
    await setting.settle(first.release());
    assert.deepEqual(setting.stored(), { kind: "idle", transitions: 4 });
  });

  test("who stands by renews where the other gives no sign of life, well before the Lease ends", async () => {
    const setting = aSetting();
    const first = await setting.held();
    const before = beat(setting.stored());
    first.standBy();
    await seconds(setting, 11);
    assert.notEqual(beat(setting.stored()), before);
  });

  test("who stands by learns of another holder as well", async () => {
    const setting = aSetting();
    const first = await setting.held();
    first.standBy();
    setting.operations.objects.put(ref, bens);
    await seconds(setting, 6);
    assert.deepEqual([first.takenBy, setting.stored()], ["Ben Ode", bens]);
  });

  test("one that was left ends by itself: a second person has it after its whole length", async () => {
    const setting = aSetting();
    const first = await setting.held();
    await setting.settle(first.leave());
    await first.release();
    assert.equal(setting.stored()?.kind, "working");
    const { value, seconds: after } = await setting.settle(
      holdOperation(setting.services, { ref, by: ben, what: "devdeploy z" }, never),
    );
    assert.deepEqual([value.ok, after], [true, 30]);
  });

  test("the next process of a run takes it up; one that was given back or taken it leaves alone", async () => {
    const setting = aSetting();
    const first = await setting.held();
    const takeUp = (): Promise<RunningOperation | undefined> =>
      takeUpOperation(setting.services, first.held, never);
    await setting.settle(first.leave());
    const next = await takeUp();
    assert.ok(next !== undefined);
    await setting.settle(next.release());
    assert.equal(await takeUp(), undefined);
    setting.operations.objects.put(ref, bens);
    assert.equal(await takeUp(), undefined);
    assert.deepEqual(setting.stored(), bens);
  });
});

test("a devdeploy can use it as it is", async () => {
  const { services, settle } = aSetting();
  const port: HoldOperation = (of, who, signal) => holdOperation(services, { ref: of, ...who }, signal);
  const { value } = await settle(port(ref, { by: ann, what: "x" }, never));
  assert.deepEqual({ ...value, value: undefined }, { ...ok(undefined) });
});
