import "../../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

process.env["TZ"] = "Europe/Berlin";
const { dateAndTimeSeconds } = await import("../../../../src/ui/messages/time.ts");

test("what is kept bears its date, and that of UTC where it is another day", () => {
  assert.deepEqual(
    ["2026-11-23T13:02:07Z", "2026-11-23T23:30:00Z"].map((at) => dateAndTimeSeconds(Date.parse(at))),
    ["Mon, 23 Nov 2026 14:02:07 (13:02:07 UTC)", "Tue, 24 Nov 2026 00:30:00 (Mon, 23 Nov 2026 23:30:00 UTC)"],
  );
});
