import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { DiagnosisCause, Evidence } from "../../../src/domain/diagnosis.ts";
import { aRolloutModel } from "../../builders/rolloutPanel.ts";
import { whySaid } from "../../truth/whySaid.ts";

const { rolloutView } = await import("../../../src/ui/panel/rolloutView.ts");

const said = (cause: DiagnosisCause, evidence: readonly Evidence[] = []): string =>
  whySaid(rolloutView({ ...aRolloutModel(), side: { kind: "why", diagnosis: { cause, evidence } } }).view);

const CRASH: DiagnosisCause = {
  ...{ kind: "crash-loop", exitCode: 1, restarts: 3, pod: "web-1", container: "app" },
};
const log = (text: string): Evidence => ({ kind: "log", about: "Pod/web-1 app", text });
const condition: Evidence = { kind: "condition", about: "Deployment/web", text: "Progressing=False" };

test("what is drawn is read back as the witness puts it, with the last line of the log", () => {
  const evidence = [log("starting\nuser=app password=[redacted]\nfatal: no table"), condition];
  assert.equal(
    said(CRASH, evidence),
    "container app of web-1 ends, exit code 1; last words: fatal: no table; a password hidden",
  );
});

test("a password that shows is seen, wherever it stands", () => {
  assert.match(said(CRASH, [log("password=hunter2"), condition]), /; A PASSWORD SHOWN$/u);
});

test("the same cause of something else is something else, and so is another cause", () => {
  const lies: readonly DiagnosisCause[] = [
    { ...CRASH, exitCode: 2 },
    { ...CRASH, pod: "web-2" },
    { ...CRASH, container: "proxy" },
    { ...CRASH, role: "sidecar" },
    { kind: "init-failed", exitCode: 1, restarts: 3, pod: "web-1", container: "app" },
    { kind: "not-ready", probe: undefined, pod: "web-1", container: "app" },
    { kind: "unknown" },
  ];
  assert.deepEqual(
    lies.filter((lie) => said(lie) === said(CRASH)),
    [],
  );
});

test("a sentence that nobody has foreseen stays as it is, and so agrees with nothing", () => {
  assert.equal(said({ kind: "unauthorized" }), "The cluster does not accept your sign-in.");
});
