import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "jsonc-parser";
import { parseConfig } from "../../../../src/adapters/config/parse.ts";
import { configSchema } from "../../../../src/adapters/config/schema.ts";
import { lines, smallText } from "./configTexts.ts";

const page = readFileSync(new URL("../../../../docs/configuration.md", import.meta.url), "utf8");
const [whole = "", environments = ""] = [...page.matchAll(/```jsonc\n(?<code>.*?)```/gsu)].map(
  ({ groups }) => groups?.["code"] ?? "",
);

test("the examples of docs/configuration.md have no mistakes", () => {
  const part = smallText.replace('"pools"', () => `${environments},\n"pools"`);
  for (const text of [whole, part]) {
    const parsed = parseConfig(text);
    assert.deepEqual(parsed.kind === "invalid" ? lines(text, parsed.problems) : [], []);
  }
  assert.deepEqual(Object.keys((parse(part) as { environments: object }).environments), [
    "web",
    "cron",
    "utils",
  ]);
});

test("docs/configuration.md names every key", () => {
  const { environments: environment, pools, services, locks, ...top } = configSchema.shape;
  const deploy = services.unwrap().valueType.shape.deploy.shape;
  const shapes = [
    configSchema.shape,
    locks.shape,
    environment.unwrap().valueType.shape,
    pools.unwrap().valueType.shape,
    services.unwrap().valueType.shape,
    deploy,
    ...Object.values(deploy).map((driver) => driver.unwrap().shape),
    top.ask.unwrap().shape,
    top.monitoring.unwrap().shape,
  ];
  const keys = new Set(shapes.flatMap((shape) => Object.keys(shape)));
  assert.deepEqual(
    [...keys].filter((key) => !page.includes(`\`${key}\``) && !page.includes(`.${key}\``)),
    [],
  );
});
