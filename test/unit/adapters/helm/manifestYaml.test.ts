import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { manifestYaml } from "../../../../src/adapters/helm/manifestYaml.ts";
import { diffDocuments } from "../../../../src/app/diffDocuments.ts";
import { aRevision } from "../../../builders/deploy.ts";
import { aDeployment } from "../../../builders/manifest.ts";
import { aSubject } from "../../../builders/rollback.ts";

test("documents are told apart as YAML has it, each with the template that it comes from", async () => {
  const manifest = [
    "---\n# Source: app/templates/a.yaml\nkind: A",
    "---\n# nothing but this\n",
    "---\n# Source: app/templates/b.yaml\ntext: |\n  a\n  --- no marker\n",
    "--- {kind: C}",
  ].join("\n");
  assert.deepEqual(await manifestYaml.read(manifest), [
    { kind: "object", content: { kind: "A" }, source: "app/templates/a.yaml" },
    { kind: "object", content: { text: "a\n--- no marker\n" }, source: "app/templates/b.yaml" },
    { kind: "object", content: { kind: "C" } },
  ]);
});

const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]`;

for (const [what, text] of [
  ["a mistake", "kind: [A"],
  ["a word", "hello"],
  ["a list", "- a\n- b"],
  ["one that grows without end", bomb],
  ["one that is too deep", `a: ${"[".repeat(200)}${"]".repeat(200)}`],
] as const) {
  test(`${what} comes back as the text that it is`, async () => {
    assert.deepEqual(await manifestYaml.read(text), [{ kind: "text", text }]);
  });
}

test("numbers that a double cannot tell apart stay different, and names like __proto__ are names", async () => {
  assert.deepEqual(await manifestYaml.read("a: 9007199254740993\nb: .nan\n__proto__: { x: 1 }"), [
    {
      kind: "object",
      content: Object.fromEntries<unknown>([
        ["a", "9007199254740993"],
        ["b", "NaN"],
        ["__proto__", { x: 1 }],
      ]),
    },
  ]);
});

test("whatever a manifest holds, nothing of it makes the reader fail", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom(...Array.from("a:-[]{}&*|>!%#\"'\n ")) }),
      async (text) => {
        await manifestYaml.read(text);
      },
    ),
  );
});

test("a difference of two large manifests gives way to everything else", async () => {
  const manifest = (tag: string): string =>
    Array.from({ length: 100 }, (_, index) => aDeployment({ name: `web${index}`, image: `app:${tag}` })).join(
      "---\n",
    );
  const revisions = {
    fromRevision: aRevision({ manifest: manifest("1") }),
    toRevision: aRevision({ manifest: manifest("2") }),
    subject: aSubject(),
  };
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  count();
  const documents = await diffDocuments({ manifests: manifestYaml }, revisions);
  isOver = true;
  // 200 documents are read one by one, and 100 pairs are looked through and then written one by one.
  assert.deepEqual([documents.length, turns >= 400], [100, true]);
});
