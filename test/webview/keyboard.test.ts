import assert from "node:assert/strict";
import { test } from "node:test";
import { NOT_PROVEN, PROVEN, READING, REVIEW, RUNNING } from "../../webview-ui/preview/sides.ts";
import { aPanel } from "../../webview-ui/preview/web.ts";
import { usePanel } from "./panelPage.ts";
import { announced, CONFIRM, focused, row } from "./reading.ts";

const open = usePanel();
const review = aPanel(REVIEW, { selected: 167 });

test("a rollback by keyboard alone: arrow to a row, choose it, type the name, confirm", async (t) => {
  const panel = await open(t);
  const { keyboard } = panel.page;
  assert.deepEqual(await panel.posted(), [{ kind: "ready" }]);
  await panel.show(aPanel());

  await panel.page.locator("vscode-dropdown").focus();
  await keyboard.press("Tab");
  assert.equal(await focused(panel), "row 167", "the tab key comes to the recommended one");
  const visited: string[] = [];
  for (const key of ["End", "Home", "ArrowUp", "ArrowDown", "ArrowDown", "PageDown", "PageUp", "ArrowDown"]) {
    await keyboard.press(key);
    visited.push(await focused(panel));
  }
  assert.deepEqual(
    visited,
    [159, 168, 168, 167, 166, 159, 168, 167].map((revision) => `row ${revision}`),
  );
  assert.deepEqual(await panel.posted(), [], "going about asks for nothing");

  await keyboard.press("Enter");
  assert.deepEqual(await panel.posted(), [{ kind: "choose", revision: 167 }]);
  await panel.show(aPanel(READING, { selected: 167 }));
  await panel.show(review);
  assert.equal(await focused(panel), "row 167", "the keyboard stays where it is");
  assert.equal(await panel.page.locator("tr[aria-selected=true]").count(), 1);
  assert.match(await announced(panel), /^Looking at|^Roll back 168/u);

  await keyboard.press("Tab");
  assert.equal(await focused(panel), "button #4125", "what stands in the row comes next");
  await panel.page.locator(".confirm vscode-text-field").focus();
  await keyboard.type("buffer-publish-maste");
  await keyboard.press("Enter");
  assert.equal(await panel.page.locator(CONFIRM).getAttribute("disabled"), "");
  assert.deepEqual(await panel.posted(), [], "the name is not whole yet");
  await keyboard.type("r");
  assert.equal(await panel.page.locator(CONFIRM).getAttribute("disabled"), null);
  await keyboard.press("Enter");
  await keyboard.press("Enter");
  assert.deepEqual(await panel.posted(), [
    { kind: "confirm", review: "review-1", typed: "buffer-publish-master" },
  ]);

  await panel.show(aPanel(RUNNING, { selected: 167 }));
  assert.equal(await focused(panel), "heading Rolling back 168 → 167 · 00:14");
  await panel.show(aPanel(PROVEN, { selected: 167 }));
  assert.equal(await focused(panel), "heading Rolled back to 167 51d0c3e · proven 09:14:52 (07:14:52 UTC)");
  assert.match(await announced(panel), /^Rolled back to 167 51d0c3e/u);
});

test("a press on the button confirms once, until the host has answered", async (t) => {
  const panel = await open(t);
  await panel.show(review);
  await panel.posted();
  await panel.page.locator(".confirm input").fill("buffer-publish-master");
  await panel.page.locator(CONFIRM).dblclick();
  assert.equal((await panel.posted()).length, 1);
  await panel.show(review, { turn: 2 });
  await panel.page.locator(CONFIRM).click();
  assert.equal((await panel.posted()).length, 1, "what was typed is kept for the same review");
});

test("what was typed for one review does not count for the next", async (t) => {
  const panel = await open(t);
  await panel.show(review);
  await panel.page.locator(".confirm input").fill("buffer-publish-master");
  const { confirm } = REVIEW;
  assert.ok(confirm);
  await panel.show(aPanel({ ...REVIEW, key: "fresh", confirm: { ...confirm, review: "review-2" } }));
  assert.equal(await panel.page.locator(".confirm input").inputValue(), "");
  assert.equal(await panel.page.locator(CONFIRM).getAttribute("disabled"), "");
});

test("a row that cannot be the target says why, and nothing is asked of the host", async (t) => {
  const panel = await open(t);
  await panel.show(aPanel());
  await panel.posted();
  await panel.page.locator(row(168)).click({ force: true });
  await panel.page.locator(row(162)).press("Enter");
  assert.deepEqual(await panel.posted(), []);
  assert.equal(await panel.page.locator(".hint").innerText(), "Revision 162 failed: it never ran.");
});

test("what stands in a row is pressed without choosing the row", async (t) => {
  const panel = await open(t);
  await panel.show(aPanel());
  await panel.posted();
  await panel.page.locator(row(165)).getByText("#4119").click();
  await panel.page.locator(row(161)).focus();
  await panel.page.keyboard.press("ArrowRight");
  await panel.page.keyboard.press("Enter");
  assert.deepEqual(await panel.posted(), [
    { kind: "act", id: "pull-4119" },
    { kind: "act", id: "pull-4102" },
  ]);
  await panel.page.keyboard.press("ArrowLeft");
  assert.equal(await focused(panel), "row 161");
});

test("a click chooses a row; two quick ones choose it once, and marking its words does not", async (t) => {
  const panel = await open(t);
  await panel.show(aPanel());
  await panel.posted();
  await panel.page.locator(row(165)).locator(".state").dblclick();
  assert.deepEqual(await panel.posted(), [{ kind: "choose", revision: 165 }]);

  const subject = await panel.page.locator(row(161)).locator(".subject code").boundingBox();
  assert.ok(subject);
  await panel.page.mouse.move(subject.x + 1, subject.y + 6);
  await panel.page.mouse.down();
  await panel.page.mouse.move(subject.x + 50, subject.y + 6, { steps: 4 });
  await panel.page.mouse.up();
  assert.deepEqual(await panel.posted(), []);
});

test("a step that is done is told without moving the keyboard, and the seconds are not told", async (t) => {
  const panel = await open(t);
  await panel.show(aPanel(RUNNING));
  await panel.page.locator(row(165)).focus();
  const [steps] = RUNNING.sections;
  assert.ok(steps);
  const later = steps.lines.map((line) =>
    line.mark === "run" ? { ...line, mark: "ok" as const, spoken: "Done" } : line,
  );
  await panel.show(aPanel({ ...RUNNING, heading: ["Rolling back · 00:15"] }));
  assert.equal(await announced(panel), "");
  await panel.show(aPanel({ ...RUNNING, sections: [{ ...steps, lines: later }] }));
  assert.equal(await announced(panel), "Done: Pods of 51d0c3e: 2 of 4 ready.");
  assert.equal(await focused(panel), "row 165");
});

test("a failure interrupts", async (t) => {
  const panel = await open(t);
  await panel.show(aPanel(RUNNING));
  await panel.show(aPanel(NOT_PROVEN));
  assert.match(
    await panel.page.locator('div.spoken[role="alert"]').innerText(),
    /^The rollback to 167 did not work\. helm made revision 169/u,
  );
});
