import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseConfig } from "../../../src/adapters/config/parse.ts";

const { commands } = await import("../../../src/ui/commands/table.ts");
const { STARTER_CONFIG } = await import("../../../src/ui/commands/starterConfig.ts");

const read = (file: string): string => readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly viewsWelcome: readonly { readonly contents: string }[];
  };
}

const text = read("package.json");
const { contributes } = JSON.parse(text) as Manifest;
const titles = JSON.parse(read("package.nls.json")) as Readonly<Record<string, string>>;

test("package.json declares exactly the commands of the table", () => {
  assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), Object.keys(commands).sort());
});

test("menus name only commands that are declared", () => {
  const named = new Set(
    Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command)),
  );
  assert.deepEqual(
    [...named].filter((command) => !(command in commands)),
    [],
  );
});

test("every placeholder of package.json has its text, and every text is used", () => {
  const used = [...text.matchAll(/"%(?<key>[\w.]+)%"/gu)].map((match) => match.groups?.["key"] ?? "");
  assert.deepEqual([...new Set(used)].sort(), Object.keys(titles).sort());
});

test("each welcome text has exactly one command to go on with", () => {
  const links = contributes.viewsWelcome.map(({ contents }) => {
    const key = contents.replaceAll("%", "");
    return [key, [...(titles[key] ?? "").matchAll(/\]\(command:/gu)].length];
  });
  assert.deepEqual(
    links.filter(([, count]) => count !== 1),
    [],
  );
});

test("no inline action stands on a production row", () => {
  const inline = (contributes.menus["view/item/context"] ?? []).filter(
    (item) => "group" in item && String(item.group).startsWith("inline"),
  );
  const onMachines = inline.filter((item) => "when" in item && String(item.when).includes("\\bmachine\\b"));
  assert.deepEqual([inline.length, onMachines.length], [4, 4]);
});

test("the devdeploy.json to start from is right as it stands", () => {
  const state = parseConfig(STARTER_CONFIG);
  assert.deepEqual(state.kind === "invalid" ? state.problems : state.kind, "valid");
});
