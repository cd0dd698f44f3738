import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { at, isObject, type JsonObject, parseJson, textOf } from "../../../src/sandbox/json.ts";
import { CONFIG_MAP } from "../../../src/sandbox/kinds.ts";
import { isRefusal } from "../../../src/sandbox/refusal.ts";
import type { Form } from "../../../src/sandbox/api/representation.ts";
import { Store } from "../../../src/sandbox/store.ts";
import { readWatch, runWatch } from "../../../src/sandbox/watch.ts";
import { refused } from "./objects.ts";

const configMap = (name: string, labels: JsonObject = {}, namespace = "web"): JsonObject => ({
  kind: "ConfigMap",
  apiVersion: "v1",
  metadata: { name, namespace, labels },
  data: { secret: "1" },
});

/** Starts a watch and collects what it tells. */
function watching(
  store: Store,
  query: string,
  form: Form = "full",
): { lines: JsonObject[]; isEnded: () => boolean; stop: () => void } {
  const order = readWatch(CONFIG_MAP, "web", new URLSearchParams(query), form);
  if (isRefusal(order)) throw new Error(order.message);
  const lines: JsonObject[] = [];
  let isEnded = false;
  const stop = runWatch(store, order, {
    write: (line) => {
      const parsed = parseJson(line);
      if (isObject(parsed)) lines.push(parsed);
    },
    end: () => {
      isEnded = true;
    },
    bookmarkMs: 60_000,
  });
  return { lines, isEnded: () => isEnded, stop };
}

const brief = (line: JsonObject): string => {
  const name = textOf(at(line, "object", "metadata", "name"));
  const step = textOf(at(line, "object", "metadata", "labels", "step"));
  return [textOf(line["type"]), name, step].filter((part) => part !== "").join(" ");
};

test("a watch from a version tells every change after it, of its namespace alone", () => {
  const store = new Store();
  store.put(CONFIG_MAP, configMap("before"));
  const { lines, stop } = watching(store, `resourceVersion=${store.revision}`);
  store.put(CONFIG_MAP, configMap("a", { step: "1" }));
  store.put(CONFIG_MAP, configMap("a", { step: "2" }));
  store.put(CONFIG_MAP, configMap("other", {}, "elsewhere"));
  store.remove(CONFIG_MAP, "web", "a");
  stop();
  store.put(CONFIG_MAP, configMap("after"));
  assert.deepEqual(lines.map(brief), ["ADDED a 1", "MODIFIED a 2", "DELETED a 2"]);
});

test("what enters a selection is added, and what leaves it is deleted as it was inside", () => {
  const store = new Store();
  const { lines, stop } = watching(store, "labelSelector=in&resourceVersion=100");
  store.put(CONFIG_MAP, configMap("a", { step: "out" }));
  store.put(CONFIG_MAP, configMap("a", { in: "1", step: "in" }));
  store.put(CONFIG_MAP, configMap("a", { in: "1", step: "still" }));
  store.put(CONFIG_MAP, configMap("a", { step: "left" }));
  store.remove(CONFIG_MAP, "web", "a");
  stop();
  assert.deepEqual(lines.map(brief), ["ADDED a in", "MODIFIED a still", "DELETED a still"]);
  assert.equal(at(lines[2], "object", "metadata", "resourceVersion"), "104");
});

test("a version that is forgotten is an error in the stream, which then ends", () => {
  const store = new Store(2);
  for (const step of ["1", "2", "3"]) store.put(CONFIG_MAP, configMap("a", { step }));
  const { lines, isEnded } = watching(store, "resourceVersion=100");
  assert.deepEqual(
    [
      lines.map(({ type, object }) => [
        type,
        at(object, "code"),
        at(object, "reason"),
        at(object, "message"),
      ]),
      isEnded(),
    ],
    [[["ERROR", 410, "Expired", "too old resource version: 100 (101)"]], true],
  );
  const { lines: rest, stop } = watching(store, "resourceVersion=101");
  stop();
  assert.deepEqual(rest.map(brief), ["MODIFIED a 2", "MODIFIED a 3"]);
});

test("a streaming list ends its initial events with a bookmark that says so", () => {
  const store = new Store();
  store.put(CONFIG_MAP, configMap("b"));
  store.put(CONFIG_MAP, configMap("a"));
  const { lines, stop } = watching(
    store,
    "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true",
  );
  store.put(CONFIG_MAP, configMap("c"));
  stop();
  assert.deepEqual(lines.map(brief), ["ADDED a", "ADDED b", "BOOKMARK", "ADDED c"]);
  assert.deepEqual(at(lines[2], "object", "metadata"), {
    resourceVersion: "102",
    annotations: { "k8s.io/initial-events-end": "true" },
  });
});

test("bookmarks come every minute, and the watch ends after its time", () => {
  mock.timers.enable({ apis: ["setInterval", "setTimeout"] });
  const store = new Store();
  const { lines, isEnded } = watching(
    store,
    "resourceVersion=100&allowWatchBookmarks=true&timeoutSeconds=150",
  );
  mock.timers.tick(60_000);
  store.put(CONFIG_MAP, configMap("other", {}, "elsewhere"));
  mock.timers.tick(60_000);
  const seen = [lines.map((line) => at(line, "object", "metadata", "resourceVersion")), isEnded()];
  mock.timers.tick(60_000);
  mock.timers.reset();
  assert.deepEqual([seen, lines.length, isEnded()], [[["100", "101"], false], 2, true]);
});

test("a watch of metadata leaves the rest out", () => {
  const store = new Store();
  const { lines, stop } = watching(store, "resourceVersion=100", "metadata");
  store.put(CONFIG_MAP, configMap("a"));
  stop();
  assert.deepEqual(lines[0]?.["object"], {
    kind: "PartialObjectMetadata",
    apiVersion: "meta.k8s.io/v1",
    metadata: { name: "a", namespace: "web", resourceVersion: "101", labels: {} },
  });
});

test("options that do not go together are refused", () => {
  const codes = ["sendInitialEvents=true", "resourceVersionMatch=NotOlderThan", "resourceVersion=x"].map(
    (query) => refused(readWatch(CONFIG_MAP, "web", new URLSearchParams(query), "full"))[0],
  );
  assert.deepEqual(codes, [422, 422, 500]);
});
