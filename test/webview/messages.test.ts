import assert from "node:assert/strict";
import { test } from "node:test";
import type { PanelView } from "../../src/protocol/panel.ts";
import { REVIEW } from "../../webview-ui/preview/sides.ts";
import { LONG, STATES } from "../../webview-ui/preview/states.ts";
import { aPanel } from "../../webview-ui/preview/web.ts";
import { mutations } from "./mutations.ts";
import { usePanel } from "./panelPage.ts";
import { announced, focused, listed, markup, row } from "./reading.ts";

const open = usePanel();
const review = aPanel(REVIEW, { selected: 167 });
const MEMORY = { folder: "file:///shop", subject: "web", target: "production" };

test("until the first state there is nothing but that it is being read", async (t) => {
  const panel = await open(t);
  assert.equal(await panel.page.locator("#panel").innerText(), "Reading the history of web");
  assert.deepEqual(await panel.posted(), [{ kind: "ready" }]);
});

test("a message that is broken anywhere changes nothing", async (t) => {
  const panel = await open(t);
  await panel.show(review);
  const before = await markup(panel);
  // Titles differ, so that one that were taken would be seen.
  const other: PanelView = { ...(STATES["notice"] ?? review), title: "another", selected: 165 };
  const whole = { kind: "state", view: { ...other, side: STATES["hostile"]?.side }, turn: 9, memory: MEMORY };
  const broken = mutations(whole);
  assert.ok(broken.length > 150, `${broken.length} mutations`);
  for (const { where, message } of broken) {
    await panel.send(message);
    assert.equal(await panel.page.locator("h1").innerText(), "web", where);
  }
  assert.equal(await markup(panel), before);
});

test("nor does one that is something else, or has two rows of one revision", async (t) => {
  const panel = await open(t);
  await panel.show(review);
  const before = await markup(panel);
  const [first] = review.table.rows;
  const twice = { ...review, title: "twice", table: { ...review.table, rows: [first, first] } };
  await panel.send(undefined, null, 1, "state", [], {}, { kind: "state" }, { kind: "State", view: review });
  await panel.send({ kind: "state", view: twice }, { type: "webpackOk" }, { kind: "choose", revision: 1 });
  assert.equal(await markup(panel), before);
});

test("one that comes twice changes nothing, and one that comes late is dropped", async (t) => {
  const panel = await open(t);
  await panel.show(review, { turn: 5 });
  await panel.page.locator(".confirm input").fill("buffer");
  await panel.page.locator(row(167)).focus();
  const before = await markup(panel);
  await panel.show(review, { turn: 5 });
  await panel.show(aPanel(undefined, { title: "older" }), { turn: 4 });
  assert.equal(await markup(panel), before);
  assert.equal(await panel.page.locator(".confirm input").inputValue(), "buffer");
  assert.equal(await focused(panel), "row 167");
  assert.equal(await announced(panel), "");
  await panel.show(aPanel(undefined, { title: "newer" }), { turn: 6 });
  assert.equal(await panel.page.locator("h1").innerText(), "newer");
});

test("hostile text stays text: no element comes of it, nothing is asked of the net, nothing is hidden", async (t) => {
  const panel = await open(t);
  await panel.show(STATES["hostile"] ?? assert.fail());
  // A request or a breach of the policy fails the test at its end.
  const strangers = `document.querySelectorAll("#panel :is(img, script, iframe, a, b, object, style, link)").length`;
  assert.equal(await panel.page.evaluate(strangers), 0);
  assert.equal(await panel.page.title(), "web");
  const text = await panel.page.evaluate<string>(`
    document.querySelector("#panel").textContent +
    [...document.querySelectorAll("[title], [placeholder], [aria-label]")]
      .map((each) => each.title + each.getAttribute("placeholder") + each.getAttribute("aria-label")).join("")`);
  assert.match(text, /<img src="https:\/\/evil\.test\/a\.png"/u);
  assert.match(text, /\\u\{202e\}gnp\.exe/u);
  // eslint-disable-next-line no-control-regex -- control characters are exactly what must not be there
  assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u202a-\u202e\u2066-\u2069]/u);
});

test("the filter finds commits, authors, revisions and statuses, says how many, and asks nothing of the host", async (t) => {
  const panel = await open(t);
  await panel.show(aPanel(), { memory: MEMORY });
  await panel.posted();
  const field = panel.page.locator(".filter input");
  const found: Record<string, readonly string[]> = {};
  for (const text of ["timezone", "51D0C3E", "dan", "ann fix", "165", "nobody"]) {
    await field.fill(text);
    found[text] = [...(await listed(panel)), await panel.page.locator(".found").innerText()];
  }
  assert.deepEqual(found, {
    timezone: ["167", "166", "2 of 10"],
    "51D0C3E": ["167", "166", "2 of 10"],
    dan: ["168", "1 of 10"],
    "ann fix": ["167", "166", "2 of 10"],
    "165": ["165", "1 of 10"],
    nobody: ["0 of 10"],
  });
  assert.match(await panel.page.locator("tr.none").innerText(), /^No revision matches/u);
  await field.press("Escape");
  assert.equal((await listed(panel)).length, 10);

  await panel.page.locator("vscode-dropdown").click();
  await panel.page.locator("vscode-option", { hasText: "failed" }).click();
  assert.deepEqual(await listed(panel), ["168", "162"]);
  assert.deepEqual(await panel.posted(), []);
});

test("the filter, the choice and what the host needs come back after a reload", async (t) => {
  const panel = await open(t);
  await panel.show(review, { memory: MEMORY });
  await panel.page.locator("vscode-dropdown").press("ArrowDown");
  await panel.page.locator("vscode-dropdown").press("ArrowDown");
  await panel.page.locator(".filter input").fill("e");
  const filter = { text: "e", status: "superseded" };
  assert.deepEqual(await panel.kept(), { ...MEMORY, chosen: 167, filter });
  const before = await listed(panel);

  await panel.reload();
  assert.deepEqual(await panel.posted(), [{ kind: "ready" }]);
  await panel.show(review, { memory: MEMORY });
  assert.deepEqual(await listed(panel), before);
  assert.equal(await panel.page.locator(".filter input").inputValue(), "e");
  assert.equal(await panel.page.locator("vscode-dropdown .selected-value").innerText(), "superseded");
});

test("the keyboard goes to another row when its own is dropped from the history", async (t) => {
  const panel = await open(t);
  await panel.show(review);
  await panel.page.locator(row(159)).focus();
  const rows = review.table.rows.slice(0, -1);
  await panel.show({ ...review, table: { ...review.table, rows } });
  assert.equal(await focused(panel), "row 167");
});

test("300 revisions are drawn at once, and again without a pause", async (t) => {
  const panel = await open(t);
  const draw = async (view: PanelView): Promise<number> =>
    panel.page.evaluate<number>(
      `(async (message) => {
        const started = performance.now();
        window.postMessage(message, "*");
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        document.body.offsetHeight;
        return performance.now() - started;
      })(${JSON.stringify({ kind: "state", view })})`,
    );
  const first = await draw(LONG);
  assert.equal((await listed(panel)).length, 300);
  const again = await draw({ ...LONG, liveness: { text: "live · verified 4 s ago", look: "good" } });
  const typed = performance.now();
  await panel.page.locator(".filter input").fill("timezone");
  assert.equal((await listed(panel)).length, 60);
  const filtered = performance.now() - typed;
  const figures = [first, again, filtered].map((ms) => `${ms.toFixed(0)} ms`).join(", ");
  t.diagnostic(`300 rows: first drawn, drawn again, filtered: ${figures}`);
  assert.ok(first < 2_000 && again < 500, figures);
});
