import "../../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

const { historyLink, readLink } = await import("../../../../src/ui/panel/historyLink.ts");

const read = (query: string, path = "/history"): unknown => {
  const link = readLink({ path, query });
  return link.ok ? link.value : link.error;
};

test("a link leads back to what it was made for", () => {
  const about = [
    { subject: "web", target: "web" },
    { subject: "cron", target: "cron-updates" },
  ];
  const links = about.map(historyLink);
  assert.deepEqual(links, [
    "vscode://devdeploy.devdeploy/history?subject=web",
    "vscode://devdeploy.devdeploy/history?subject=cron&target=cron-updates",
  ]);
  assert.deepEqual(
    links.map((link) => read(new URL(link).search.slice(1))),
    [{ subject: "web" }, { subject: "cron", target: "cron-updates" }],
  );
});

test("a link that asks for more than to be opened, or names nothing that could be, is not followed", () => {
  assert.deepEqual(
    [
      read("subject=web", "/rollback"),
      read("subject=web&revision=167"),
      read("subject=web&run=1"),
      read("subject=web&subject=api"),
      read(`subject=${"w".repeat(600)}`),
      read(""),
      read("subject="),
      read("subject=../../etc"),
      read("subject=web%20--force"),
      read("subject=%E2%80%AEbew"),
      read("subject=web&target=<script>"),
      read(`subject=${"w".repeat(64)}`),
    ],
    [
      ...["not-ours", "not-ours", "not-ours", "not-ours", "not-ours"],
      ...["unnamed", "unnamed", "unnamed", "unnamed", "unnamed", "unnamed", "unnamed"],
    ],
  );
});
