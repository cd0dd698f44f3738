import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { KubernetesClient } from "../../../../src/adapters/kubernetes/client.ts";
import { SharedWatches } from "../../../../src/adapters/kubernetes/watches.ts";
import type { Watch } from "../../../../src/app/ports.ts";
import type { RevisionLabel } from "../../../../src/domain/release.ts";
import { clientOf, json, refusing, ScriptedServer, until, type Answer } from "../../../fakes/apiServer.ts";
import { ManualClock } from "../../../fakes/clock.ts";
import { FakeLog } from "../../../fakes/log.ts";

type Kind = "secrets" | "configmaps";

const aRecord = (release: string, version: number, status = "deployed", uid = "u"): object => ({
  kind: "PartialObjectMetadata",
  metadata: {
    name: `sh.helm.release.v1.${release}.v${version}`,
    uid: `${uid}${version}`,
    resourceVersion: "5",
    creationTimestamp: "2026-11-23T08:00:00Z",
    labels: { owner: "helm", name: release, version: String(version), status },
  },
});

describe("the watch of helm's records", () => {
  let server: ScriptedServer;
  let client: KubernetesClient;
  let watches: SharedWatches;
  let watch: Watch<readonly RevisionLabel[]>;
  let log: FakeLog;
  const listed: Record<Kind, Answer> = { secrets: json200([]), configmaps: json200([]) };
  const streams: Partial<Record<Kind, ServerResponse>> = {};

  function json200(items: readonly object[]): Answer {
    return (_request, response) => {
      json(response, 200, { kind: "PartialObjectMetadataList", metadata: { resourceVersion: "10" }, items });
    };
  }
  const said = (): unknown => [
    watch.current.liveness.kind,
    Object.fromEntries(
      [...watch.current.items].map(([release, revisions]) => [
        release,
        revisions.map(({ driver, revision, status }) => `${driver} ${revision} ${status}`),
      ]),
    ),
  ];
  const open = (): Promise<void> => {
    watch = watches.releases("staging", "web");
    return until("both answers", () => watch.current.liveness.kind !== "connecting");
  };

  beforeEach(async () => {
    server = new ScriptedServer();
    server.always = (request, response) => {
      const kind: Kind = request.url?.includes("/configmaps") === true ? "configmaps" : "secrets";
      if (request.url?.includes("watch=true") !== true) {
        listed[kind](request, response);
        return;
      }
      streams[kind] = response;
      response.writeHead(200, { "Content-Type": "application/json" });
      response.flushHeaders();
    };
    listed.secrets = json200([aRecord("web", 9, "superseded"), aRecord("web", 10)]);
    listed.configmaps = json200([]);
    const clock = new ManualClock();
    log = new FakeLog();
    client = clientOf(await server.start(), clock);
    watches = new SharedWatches({ client, clock, random: () => 1, log });
  });
  afterEach(async () => {
    watches.dispose();
    client.dispose();
    await server.stop();
  });

  test("both kinds are one, each revision with its kind", async () => {
    listed.configmaps = json200([aRecord("old", 3, "failed")]);
    await open();
    assert.deepEqual(said(), [
      "live",
      { web: ["secret 10 deployed", "secret 9 superseded"], old: ["configmap 3 failed"] },
    ]);
    const uids = watch.current.items.get("web")?.map(({ version }) => version);
    assert.deepEqual(uids, [
      { uid: "u10", resourceVersion: "5" },
      { uid: "u9", resourceVersion: "5" },
    ]);
  });

  test("only metadata is asked for", async () => {
    await open();
    const asked = server.requests.filter((request) => !request.includes("labelSelector=owner%3Dhelm"));
    assert.deepEqual([server.requests.length, asked], [4, []]);
  });

  test("a change of either kind is told", async () => {
    await open();
    const events: unknown[] = [];
    watch.onChange(() => events.push(said()));
    const object = aRecord("cron", 1, "pending-install");
    streams.configmaps?.write(`${JSON.stringify({ type: "ADDED", object })}\n`);
    await until("the record", () => watch.current.items.has("cron"));
    streams.secrets?.write(`${JSON.stringify({ type: "DELETED", object: aRecord("web", 9) })}\n`);
    await until("the deletion", () => watch.current.items.get("web")?.length === 1);
    const cron = ["configmap 1 pending-install"];
    assert.deepEqual(events, [
      ["live", { web: ["secret 10 deployed", "secret 9 superseded"], cron }],
      ["live", { web: ["secret 10 deployed"], cron }],
    ]);
  });

  test("who may not read ConfigMaps sees the Secrets, live", async () => {
    listed.configmaps = refusing(403, "Forbidden");
    await open();
    await until("the Secrets", () => watch.current.liveness.kind === "live");
    assert.deepEqual(said(), ["live", { web: ["secret 10 deployed", "secret 9 superseded"] }]);
  });

  test("who may not read Secrets sees records in ConfigMaps; where there are none, that Secrets are refused", async () => {
    listed.secrets = refusing(403, "Forbidden");
    listed.configmaps = json200([aRecord("old", 3)]);
    await open();
    await until("the ConfigMaps", () => watch.current.liveness.kind === "live");
    assert.deepEqual(said(), ["live", { old: ["configmap 3 deployed"] }]);
    streams.configmaps?.write(`${JSON.stringify({ type: "DELETED", object: aRecord("old", 3) })}\n`);
    await until("the refusal", () => watch.current.liveness.kind === "stale");
    assert.deepEqual(said(), ["stale", {}]);
  });

  test("what is out of reach of either kind makes the whole old", async () => {
    listed.configmaps = refusing(503, "ServiceUnavailable");
    await open();
    await until("the trouble", () => watch.current.liveness.kind === "stale");
    assert.equal(
      watch.current.liveness.kind === "stale" && watch.current.liveness.error.reason,
      "server-error",
    );
  });
});
