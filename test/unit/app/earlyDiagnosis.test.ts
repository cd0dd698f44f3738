import assert from "node:assert/strict";
import { test } from "node:test";
import { EarlyDiagnosis, type EarlyLook } from "../../../src/app/earlyDiagnosis.ts";
import type { Diagnosis, DiagnosisCause } from "../../../src/domain/diagnosis.ts";
import { SECOND_MS } from "../../../src/domain/time.ts";
import { ManualClock } from "../../fakes/clock.ts";

const where = { pod: "web-1", container: "app" } as const;
const MISSING: DiagnosisCause = { kind: "image", why: "missing", image: "app:1", ...where };
const PROBE: DiagnosisCause = { kind: "not-ready", probe: "Readiness probe failed", ...where };
const WAITING: EarlyLook = { kind: "waiting" };
const TROUBLE: EarlyLook = { kind: "waiting", diagnosis: "web-1 (app) CrashLoopBackOff" };

/** At which seconds a look shows a diagnosis, and at which it was asked for. */
async function looks(
  cause: DiagnosisCause,
  look: (second: number) => EarlyLook,
): Promise<{ readonly shown: readonly number[]; readonly asked: readonly number[] }> {
  const clock = new ManualClock();
  const early = new EarlyDiagnosis(clock);
  const shown: number[] = [];
  const asked: number[] = [];
  for (let second = 0; second <= 16; second += 1) {
    const found = await early.after(look(second), (): Promise<Diagnosis> => {
      asked.push(second);
      return Promise.resolve({ cause, evidence: [] });
    });
    if (found.diagnosis !== undefined) shown.push(second);
    await clock.advance(SECOND_MS);
  }
  return { shown, asked };
}

const from = (first: number, last = 16): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

test("what no waiting mends is shown as soon as a pod says that it is in trouble", async () => {
  assert.deepEqual(await looks(MISSING, (second) => (second < 2 ? WAITING : TROUBLE)), {
    shown: from(2),
    asked: [2, 10, 15],
  });
});

test("what may heal by itself is shown only after ten seconds of waiting", async () => {
  assert.deepEqual(await looks(PROBE, () => TROUBLE), { shown: from(10), asked: [0, 10, 15] });
});

test("pods that just do not become ready are asked about after ten seconds, long before any deadline", async () => {
  assert.deepEqual(await looks(PROBE, () => WAITING), { shown: from(10), asked: [10, 15] });
});

test("once all pods are ready nothing is shown any more, and the patience begins anew", async () => {
  const look = (second: number): EarlyLook => (second === 11 ? { kind: "ready" } : WAITING);
  assert.deepEqual(await looks(PROBE, look), { shown: [10], asked: [10] });
});

test("what nobody could name is not shown", async () => {
  const { shown } = await looks({ kind: "unknown" }, () => TROUBLE);
  assert.deepEqual(shown, []);
});
