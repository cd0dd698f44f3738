import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { WatchLine } from "./apiClient.ts";
import { at, normalise, textAt } from "./json.ts";
import { useCluster } from "./useCluster.ts";

const LIMIT_MS = 10_000;
const METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

const aConfigMap = (name: string, labels: object = {}, data: object = {}): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, labels },
  data,
});

/** What a line says, in short. */
const brief = ({ type, object }: WatchLine): string =>
  type === "ERROR" || type.startsWith("HTTP")
    ? `${type} ${String(at(object, "code"))} ${String(at(object, "reason"))}`
    : `${type} ${String(at(object, "metadata", "name"))} ${JSON.stringify(at(object, "data") ?? {})}`;

describe("Watching", () => {
  const on = useCluster("watching");
  const ann = () => on.as("ann");
  const configMaps = (): string => `/api/v1/namespaces/${on.namespace}/configmaps`;

  /** The first lines of a watch, up to the one that is the last to be looked at. */
  async function lines(
    query: Readonly<Record<string, string>>,
    isLast: (line: WatchLine, count: number) => boolean,
    accept?: string,
  ): Promise<WatchLine[]> {
    const found: WatchLine[] = [];
    const enough = new AbortController();
    const signal = AbortSignal.any([enough.signal, AbortSignal.timeout(LIMIT_MS)]);
    const path = `${configMaps()}?${new URLSearchParams({ watch: "true", ...query }).toString()}`;
    for await (const line of ann().watch(path, signal, accept)) {
      found.push(line);
      if (isLast(line, found.length)) enough.abort();
    }
    return found;
  }

  const now = async (): Promise<string> =>
    textAt((await ann().get(configMaps())).body, "metadata", "resourceVersion");

  test("a watch from a resourceVersion tells all that came after it, in order", async () => {
    const resourceVersion = await now();
    const one = `${configMaps()}/told`;
    await ann().post(configMaps(), aConfigMap("told", {}, { step: "1" }));
    await ann().patch("merge", one, { data: { step: "2" } });
    await ann().delete(one);
    const told = await lines(
      { resourceVersion, fieldSelector: "metadata.name=told" },
      (_line, count) => count === 3,
    );
    assert.deepEqual(told.map(brief), [
      'ADDED told {"step":"1"}',
      'MODIFIED told {"step":"2"}',
      'DELETED told {"step":"2"}',
    ]);
  });

  test("the last word on a deleted object is newer than its last change", async () => {
    const resourceVersion = await now();
    const created = await ann().post(configMaps(), aConfigMap("last"));
    await ann().delete(`${configMaps()}/last`);
    const told = await lines(
      { resourceVersion, fieldSelector: "metadata.name=last" },
      (_line, count) => count === 2,
    );
    const version = BigInt(textAt(told[1]?.object, "metadata", "resourceVersion"));
    assert.equal(version > BigInt(textAt(created.body, "metadata", "resourceVersion")), true);
  });

  test("a watch without a resourceVersion begins with what is there", async () => {
    await ann().post(configMaps(), aConfigMap("there"));
    const told = await lines({ fieldSelector: "metadata.name=there" }, (_line, count) => count === 1);
    assert.deepEqual(told.map(brief), ["ADDED there {}"]);
  });

  test("an object that begins or ceases to match a selector is added or deleted", async () => {
    const resourceVersion = await now();
    const one = `${configMaps()}/labelled`;
    await ann().post(configMaps(), aConfigMap("labelled", { stage: "draft" }));
    await ann().patch("merge", one, { metadata: { labels: { stage: "live" } }, data: { step: "in" } });
    await ann().patch("merge", one, { data: { step: "still" } });
    await ann().patch("merge", one, { metadata: { labels: { stage: "past" } }, data: { step: "out" } });
    await ann().delete(one);
    const told = await lines({ resourceVersion, labelSelector: "stage=live" }, (_line, count) => count === 3);
    // The deletion carries the object as it was last seen through this selector.
    assert.deepEqual(told.map(brief), [
      'ADDED labelled {"step":"in"}',
      'MODIFIED labelled {"step":"still"}',
      'DELETED labelled {"step":"still"}',
    ]);
  });

  test("a streaming list sends what is there, then a bookmark that says so, then what happens", async () => {
    await ann().post(configMaps(), aConfigMap("streamed", { group: "stream" }, { step: "1" }));
    let changed: Promise<unknown> | undefined;
    const told = await lines(
      {
        labelSelector: "group=stream",
        sendInitialEvents: "true",
        resourceVersionMatch: "NotOlderThan",
        allowWatchBookmarks: "true",
      },
      ({ type }) => {
        if (type === "BOOKMARK") {
          changed = ann().patch("merge", `${configMaps()}/streamed`, { data: { step: "2" } });
        }
        return type === "MODIFIED";
      },
    );
    await changed;
    assert.deepEqual(
      told.map(({ type, object }) => [
        type,
        at(object, "data"),
        at(object, "metadata", "annotations", "k8s.io/initial-events-end"),
        at(object, "kind"),
      ]),
      [
        ["ADDED", { step: "1" }, undefined, "ConfigMap"],
        ["BOOKMARK", undefined, "true", "ConfigMap"],
        ["MODIFIED", { step: "2" }, undefined, "ConfigMap"],
      ],
    );
  });

  test("a streaming list of nothing is its bookmark alone, which carries a resourceVersion to go on from", async () => {
    const told = await lines(
      {
        labelSelector: "group=nothing",
        sendInitialEvents: "true",
        resourceVersionMatch: "NotOlderThan",
        allowWatchBookmarks: "true",
      },
      () => true,
    );
    assert.deepEqual(
      told.map(({ type, object }) => [
        type,
        at(object, "metadata", "annotations", "k8s.io/initial-events-end"),
      ]),
      [["BOOKMARK", "true"]],
    );
    assert.match(textAt(told[0]?.object, "metadata", "resourceVersion"), /^[1-9]\d*$/);
  });

  test("a streaming list without the resourceVersionMatch is refused", async () => {
    const told = await lines({ sendInitialEvents: "true" }, () => true);
    assert.deepEqual(told.map(brief), ["HTTP 422 422 Invalid"]);
  });

  test("a watch from a resourceVersion that is no longer remembered says so and ends", async () => {
    const told = await lines({ resourceVersion: "1" }, () => false);
    assert.deepEqual(told.map(brief), ["ERROR 410 Expired"]);
  });

  test("the server ends a watch after the time that was asked for", async () => {
    const started = performance.now();
    const told = await lines({ resourceVersion: await now(), timeoutSeconds: "1" }, () => false);
    const seconds = (performance.now() - started) / 1000;
    assert.deepEqual([told, seconds > 0.5 && seconds < 5], [[], true]);
  });

  test("a watch of metadata alone leaves the data out", async () => {
    const resourceVersion = await now();
    await ann().post(configMaps(), aConfigMap("meta", { a: "b" }, { secret: "1" }));
    const query = { resourceVersion, fieldSelector: "metadata.name=meta" };
    const told = await lines(query, (_line, count) => count === 1, METADATA);
    assert.deepEqual(normalise(told), [
      {
        type: "ADDED",
        object: {
          kind: "PartialObjectMetadata",
          apiVersion: "meta.k8s.io/v1",
          metadata: {
            name: "meta",
            namespace: on.namespace,
            uid: "<uid>",
            resourceVersion: "<resourceVersion>",
            creationTimestamp: "<time>",
            labels: { a: "b" },
          },
        },
      },
    ]);
  });

  test("two people see each other's changes", async () => {
    const resourceVersion = await now();
    const watching = lines(
      { resourceVersion, fieldSelector: "metadata.name=seen" },
      (_line, count) => count === 2,
    );
    await on.as("ben").post(configMaps(), aConfigMap("seen", {}, { by: "ben" }));
    await on.as("admin").patch("merge", `${configMaps()}/seen`, { data: { by: "admin" } });
    assert.deepEqual((await watching).map(brief), [
      'ADDED seen {"by":"ben"}',
      'MODIFIED seen {"by":"admin"}',
    ]);
  });
});
