import assert from "node:assert/strict";
import { test } from "node:test";
import { rowOf, sentence } from "../../truth/account.ts";
import { parseOptions } from "../../truth/options.ts";
import { table, verdict } from "../../truth/report.ts";

const FAILED = { done: false, newest: "revision 3 failed", runs: "A", ready: "B", because: "image missing" };

test("an account is one sentence, and leaves out what nobody claims", () => {
  assert.deepEqual(
    [
      sentence(FAILED),
      sentence({ done: true, newest: "revision 3 deployed", runs: "A", ready: "A" }),
      sentence({ done: false, newest: "revision 3 failed", runs: "A", ready: "no" }),
      sentence({ done: false, newest: "revision 3 deployed", runs: "C", because: "somebody was faster" }),
    ],
    [
      "not done: revision 3 failed, set to A, B's pods ready; image missing",
      "done: revision 3 deployed, set to A, A's pods ready",
      "not done: revision 3 failed, set to A, no pods ready",
      "not done: revision 3 deployed, set to C; somebody was faster",
    ],
  );
});

test("two agree only where every fact is the same", () => {
  const happened = sentence(FAILED);
  const others = [
    { ...FAILED, done: true },
    { ...FAILED, newest: "revision 3 deployed" },
    { ...FAILED, runs: "B" },
    { ...FAILED, ready: "A" },
    { ...FAILED, because: "crash loop, exit code 1" },
  ];
  assert.deepEqual(
    [FAILED, ...others].map((said) => rowOf("bad image", "3", { happened, said: sentence(said) }).equal),
    [true, false, false, false, false, false],
  );
});

test("a row that disagrees stands out, in the table and below it", () => {
  const rows = [
    rowOf("good", "3", { happened: "x", said: "x" }),
    rowOf("bad image", "4", { happened: "not done", said: "done" }),
  ];
  assert.equal(
    `${table(rows)}\n${verdict(rows)}`,
    [
      "scenario  | helm | happened | said | equal",
      "----------|------|----------|------|------",
      "good      | 3    | x        | x    | yes",
      "bad image | 4    | not done | done | NO",
      "1 of 2 rows agree; not: bad image (helm 4)",
    ].join("\n"),
  );
});

test("what is not understood is refused, so that nobody believes that everything ran", () => {
  assert.deepEqual(
    [parseOptions([]), parseOptions(["--json", "--helm=4", "--only=good"]), parseOptions(["--helm=5"])],
    [
      { json: false, helms: ["3", "4"], only: [] },
      { json: true, helms: ["4"], only: ["good"] },
      "--helm=5 is not understood; there are --json, --helm=3, --helm=4 and --only=NAME.",
    ],
  );
});
