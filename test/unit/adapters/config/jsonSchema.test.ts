import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv } from "ajv";
import { parse } from "jsonc-parser";
import { HINTS_FILE, hintsText, SCHEMA_FILE, schemaText } from "../../../../scripts/schema.ts";
import { parseConfig } from "../../../../src/adapters/config/parse.ts";
import { fixture, productText, smallText, withChange } from "./configTexts.ts";

const shipped = readFileSync(SCHEMA_FILE, "utf8");
// VS Code's own keywords (markdownDescription and the like) mean nothing to a validator.
const validate = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(shipped) as object);

test("the shipped JSON schemas are current (else: npm run schema)", async () => {
  assert.equal(shipped, await schemaText());
  assert.equal(readFileSync(HINTS_FILE, "utf8"), await hintsText());
});

test("VS Code's own validation has nothing to say that our diagnostics say already", async () => {
  const schemas = { "./devdeploy.schema.json": JSON.parse(shipped) as object };
  const hints = new Ajv({ strict: false, schemas }).compile(JSON.parse(await hintsText()) as object);
  assert.equal(hints(parse(fixture("mistakes.jsonc"), [], { allowTrailingComma: true })), true);
});

test("the manifest gives VS Code's schema to devdeploy.json", () => {
  const manifest = readFileSync(new URL("../../../../package.json", import.meta.url), "utf8");
  const { contributes } = JSON.parse(manifest) as { contributes: Record<string, unknown> };
  assert.deepEqual(contributes["jsonValidation"], [
    { fileMatch: "devdeploy.json", url: "./schemas/devdeploy.hints.schema.json" },
  ]);
});

const helm = { context: "c", namespace: "n", release: "r", chart: "c" };
const web = (more: object): string => withChange(["environments", "web"], { tier: "staging", ...more });

const TEXTS: Readonly<Record<string, string>> = {
  "the example": productText,
  "the small one": smallText,
  "many mistakes": fixture("mistakes.jsonc"),
  "an unknown key": withChange(["colour"], 1),
  "a wrong type": withChange(["defaultBranch"], 1),
  "a missing key": withChange(["locks"], undefined),
  "another version": withChange(["version"], 2),
  "no driver": web({ deploy: {} }),
  "two drivers": web({ deploy: { helm, slack: { channel: "#c", command: "d" } } }),
  "one driver": web({ deploy: { helm } }),
  "neither deploy nor targets": web({}),
  "deploy and targets": web({ deploy: { helm }, targets: { a: { helm: { ...helm, release: "s" } } } }),
  "deprecated alone": web({ deprecated: { reason: "gone" } }),
  "no targets": web({ targets: {} }),
  "a bad name": withChange(["pools", "dev", "machines", "Dev"], {}),
  "a name as of operation Leases": withChange(["pools", "dev", "machines", "dev1-operation"], {}),
  "no machines": withChange(["pools", "dev", "machines"], {}),
  "negative hours": withChange(["pools", "dev", "lockHours"], -1),
  "no address": web({ deploy: { helm }, url: "web.example.com" }),
  "an address with a password": web({ deploy: { helm }, url: "https://a:b@web.example.com" }),
  "an address with an at sign": web({ deploy: { helm }, url: "https://web.example.com/@ann?to=a@b" }),
  "a chart elsewhere": withChange(["pools", "dev", "deploy", "helm", "chart"], "../chart"),
  "a chart under the root": withChange(["pools", "dev", "deploy", "helm", "chart"], "./a..b/c"),
  "values of every kind": withChange(["pools", "dev", "deploy", "helm", "values"], {
    a: [1, null, { b: true }],
  }),
  "values that are a list": withChange(["pools", "dev", "deploy", "helm", "values"], []),
  "a namespace with capitals": withChange(["locks", "namespace"], "Devdeploy"),
};

for (const [what, text] of Object.entries(TEXTS)) {
  test(`the JSON schema and the code agree about ${what}`, () => {
    assert.equal(validate(parse(text, [], { allowTrailingComma: true })), parseConfig(text).kind === "valid");
  });
}
