import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../../src/sandbox/json.ts";
import { CONFIG_MAP, EVENT, POD, SECRET } from "../../../src/sandbox/kinds.ts";
import { isRefusal } from "../../../src/sandbox/refusal.ts";
import { parseFieldSelector, parseLabelSelector, selects } from "../../../src/sandbox/selectors.ts";
import { refused } from "./objects.ts";

const labelled = (labels: JsonObject): JsonObject => ({ metadata: { name: "x", namespace: "web", labels } });
const OBJECTS = [{ app: "web", tier: "front", n: "7" }, { app: "api", tier: "back" }, { app: "web" }, {}].map(
  labelled,
);

function chosen(selector: string): number[] {
  const match = parseLabelSelector(selector);
  if (isRefusal(match)) throw new Error(match.message);
  return OBJECTS.flatMap((object, index) => (match(object) ? [index] : []));
}

for (const [selector, expected] of [
  ["", [0, 1, 2, 3]],
  ["app=web", [0, 2]],
  ["app==web", [0, 2]],
  ["app!=web", [1, 3]],
  ["app=web,tier=front", [0]],
  ["tier", [0, 1]],
  ["!tier", [2, 3]],
  ["app in (web, api)", [0, 1, 2]],
  ["app notin (web)", [1, 3]],
  ["app in (web),tier notin (back,front)", [2]],
  ["n>5", [0]],
  ["n<7", []],
  ["app=", []],
] as const) {
  test(`the label selector "${selector}" chooses ${expected.length} of ${OBJECTS.length}`, () => {
    assert.deepEqual(chosen(selector), expected);
  });
}

test("a label selector that cannot be read is a bad request", () => {
  assert.deepEqual(refused(parseLabelSelector("a===b")), [
    400,
    "BadRequest",
    "unable to parse requirement: found '=', expected: identifier",
  ]);
});

test("fields are selected by what each kind allows", () => {
  const pod: JsonObject = { metadata: { name: "p" }, spec: { nodeName: "n1" }, status: { phase: "Running" } };
  const event: JsonObject = {
    metadata: { name: "e" },
    involvedObject: { uid: "u1" },
    source: { component: "kubelet" },
  };
  const secret: JsonObject = { metadata: { name: "s" }, type: "helm.sh/release.v1" };
  const answers = [
    [POD, "metadata.name=p,spec.nodeName=n1,status.phase!=Pending", pod],
    [POD, "status.phase=Pending", pod],
    [EVENT, "involvedObject.uid=u1,source=kubelet", event],
    [SECRET, "type=helm.sh/release.v1", secret],
  ] as const;
  assert.deepEqual(
    answers.map(([kind, text, object]) => {
      const match = parseFieldSelector(kind, text);
      return isRefusal(match) ? match.message : match(object);
    }),
    [true, false, true, true],
  );
});

test("a field that a kind cannot be selected by is named", () => {
  assert.deepEqual(
    [
      refused(parseFieldSelector(CONFIG_MAP, "data.a=b"))[2],
      refused(parseFieldSelector(SECRET, "data.a=b"))[2],
    ],
    [
      '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
      "field label not supported: data.a",
    ],
  );
});

test("the selector of a workload means all of its terms", () => {
  const selector: JsonObject = {
    matchLabels: { app: "web" },
    matchExpressions: [
      { key: "tier", operator: "In", values: ["front", "back"] },
      { key: "old", operator: "DoesNotExist" },
    ],
  };
  assert.deepEqual(
    [
      { app: "web", tier: "front" },
      { app: "web", tier: "side" },
      { app: "web", tier: "back", old: "1" },
    ].map((labels) => selects(selector, labels as Record<string, string>)),
    [true, false, false],
  );
});
