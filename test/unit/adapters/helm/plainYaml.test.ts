import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseAllDocuments, stringify } from "yaml";
import { yamlImages } from "../../../../src/adapters/helm/manifest.ts";
import { plainImages } from "../../../../src/adapters/helm/plainYaml.ts";

const CHART = `
# Source: app/templates/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: "web"
  annotations:
    note: |
      kind: Pod
      containers:
        - image: not:this
    checksum/config: 12ab
  labels: { app: web, "tier": 'x: y' }
spec:
  replicas: 2
  template:
    metadata:
      name: not-this
    spec:
      containers:
      - name: app # the application
        image: registry.example.com:5000/team/app:4f1c0de@sha256:00ff
        args: ["--image", "{{x}}"]
        env:
        - name: image
          value: "not:this"
        - name: EMPTY
          value:
        - name: URL
          value: http://a:1/b#c
        command:
        - sh
        - -c
        - |
          image: not:this
      - image: 'side:1'
        name: side
      initContainers:
        - name: first
          image: "first:1"
      volumes:
        - name: v
          configMap:
            name: image
`;

test("what charts write is read line by line", () => {
  const images = [
    "first first:1",
    "app registry.example.com:5000/team/app:4f1c0de@sha256:00ff",
    "side side:1",
  ];
  assert.deepEqual(
    plainImages(CHART)?.map(({ workload, container, image }) => `${workload} ${container} ${image}`),
    images.map((image) => `Deployment/web ${image}`),
  );
  assert.deepEqual(yamlImages(CHART), plainImages(CHART));
});

const pod = (containers: string): string =>
  `kind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n${containers}`;
const one = (image: string): string => pod(`  - name: c\n    image: ${image}\n`);

const LEFT_TO_YAML: readonly (readonly [what: string, document: string])[] = [
  ["flow on the way", "kind: Pod\nmetadata: { name: a }\nspec: {}\n"],
  ["a container in flow", pod("  - { name: c, image: x }\n")],
  ["an anchor", one("&a x:1")],
  ["an alias", one("*a")],
  ["a merge", pod("  - name: c\n    <<: *base\n    image: x:1\n")],
  ["a tag", one("!!str x:1")],
  ["an escape", one('"\\x41:1"')],
  ["a number", one("9")],
  ["a word of YAML", one("null")],
  ["a text over several lines", one("x:1\n      and more")],
  ["a quoted text over several lines", one('"x:1\n      and more"')],
  ["a block of text as image", one("|\n      x:1")],
  ["two equal keys", pod("  - name: c\n    image: x:1\n    image: y:1\n")],
  ["a tab", pod("\t- name: c\n")],
  ["a second document", `${one("x:1")}...\n${one("y:1")}`],
  ["keys that are marked", "? kind\n: Pod\n"],
  ["a list of objects", "kind: List\nitems:\n- kind: Pod\n"],
  ["no name", "kind: Pod\nspec:\n  containers:\n  - name: c\n    image: x:1\n"],
  ["keys that stand further in than those before", `${one("x:1")}      env: 1\n`],
  ["a key beside a list's items", pod("    - name: c\n    image: x\n")],
];

for (const [what, document] of LEFT_TO_YAML) {
  test(`${what} is left to YAML`, () => {
    assert.equal(plainImages(document), undefined);
  });
}

const aText = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.constantFrom(
      "app:1",
      "r.io:5000/a/b:c",
      "a@sha256:0f",
      "x: y",
      "a #b",
      "{{x}}",
      "{a}",
      "- a",
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        "true",
        "12",
        "1.0",
        "'q'",
        '"',
        "",
        "~",
        "line\nimage: no\n",
        "  indented",
        "\ttab",
        "*a",
        "&a",
        "|",
        "é",
      ],
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
);
const aContainer = fc.record(
  {
    name: aText,
    image: aText,
    args: fc.array(aText, { maxLength: 3 }),
    env: fc.array(fc.record({ name: aText, value: aText }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const aDeployment = fc.record({
  kind: fc.constantFrom("Deployment", "Pod", "CronJob", "Job"),
  metadata: fc.record({
    name: fc.constantFrom("web", "a.b", "7"),
    labels: fc.dictionary(fc.constantFrom("app", "tier", "a.b/c", "7", "a b"), aText, { maxKeys: 2 }),
  }),
  spec: fc.record({
    template: fc.record({
      spec: fc.record({
        containers: fc.array(aContainer, { minLength: 1, maxLength: 3 }),
        initContainers: fc.array(aContainer, { minLength: 1, maxLength: 1 }),
      }),
    }),
    containers: fc.array(aContainer, { minLength: 1, maxLength: 2 }),
  }),
});

/** What YAML cannot read, helm has not applied: what is said of it does not matter. */
const isReadable = (document: string): boolean =>
  parseAllDocuments(document, { logLevel: "silent", uniqueKeys: false, merge: true }).every(
    ({ errors }) => errors.length === 0,
  );

/** How many were read line by line. */
let compared = 0;
const assertSame = (document: string): void => {
  const plain = plainImages(document);
  if (plain === undefined || !isReadable(document)) return;
  compared += 1;
  assert.deepEqual(plain, yamlImages(document));
};

test("what is read line by line is what YAML reads, however an object is written", () => {
  fc.assert(
    fc.property(aDeployment, fc.boolean(), fc.integer({ min: 1, max: 4 }), (object, indentSeq, indent) => {
      assertSame(stringify(object, { indentSeq, indent, lineWidth: 0 }));
    }),
    { numRuns: 1_000 },
  );
  assert.ok(compared > 100, `${compared} of 1000`);
});

test("and however it is spoilt", () => {
  compared = 0;
  const lines = fc.constantFrom(
    ...[
      "image: other:1",
      "- name: c",
      "kind: Pod",
      "name: b",
      "containers:",
      "- image: z:1",
      "  ",
      "# c",
      "x: |",
      "-",
    ],
    ...["spec:", "x: 'a", "x: {a: 1}", "- - a", "- x: 1", "x:", "  y: 1", "'image': q:1", "spec: ~"],
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(45), fc.nat(9), lines, fc.nat(2)), { minLength: 1, maxLength: 3 }),
      (changes) => {
        const document = CHART.split("\n");
        for (const [at, indent, line, removed] of changes) {
          document.splice(at, removed, `${" ".repeat(indent)}${line}`);
        }
        assertSame(document.join("\n"));
      },
    ),
    { numRuns: 3_000 },
  );
  assert.ok(compared > 150, `${compared} of 3000`);
});
