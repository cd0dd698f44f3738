import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { eventually } from "./eventually.ts";
import { at, listAt } from "./json.ts";
import { useCluster } from "./useCluster.ts";
import { useKubectl } from "./useKubectl.ts";

const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

const aPod = (image: string): object => ({ containers: [{ name: "web", image }] });
const aWorkload = (kind: string, name: string, image: string, spec: object = {}): object => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: aPod(image) },
    ...spec,
  },
});

describe("Tables, as kubectl shows them", { concurrency: 6 }, () => {
  const on = useCluster("tables");
  const kubectl = useKubectl(on);
  const ann = () => on.as("ann");
  const core = (): string => `/api/v1/namespaces/${on.namespace}`;
  const apps = (): string => `/apis/apps/v1/namespaces/${on.namespace}`;

  before(async () => {
    const path = (group: string): string => `/apis/${group}/v1/namespaces/${on.namespace}`;
    const ports = [{ port: 80 }, { name: "tls", port: 443 }];
    for (const [where, body] of [
      [`${apps()}/deployments`, aWorkload("Deployment", "web", "web:a1", { replicas: 2 })],
      [`${apps()}/statefulsets`, aWorkload("StatefulSet", "db", "db:a1", { serviceName: "db" })],
      [`${apps()}/daemonsets`, aWorkload("DaemonSet", "agent", "agent:a1")],
      [
        `${path("batch")}/jobs`,
        {
          metadata: { name: "migrate" },
          spec: { backoffLimit: 0, template: { spec: { restartPolicy: "Never", ...aPod("migrate:fail") } } },
        },
      ],
      [`${core()}/pods`, { metadata: { name: "broken" }, spec: aPod("web:missing") }],
      [`${core()}/pods`, { metadata: { name: "crashing" }, spec: aPod("web:crash") }],
      [
        `${core()}/pods`,
        {
          metadata: { name: "starting" },
          spec: { initContainers: [{ name: "init", image: "init:a1" }], ...aPod("web:initfail") },
        },
      ],
      [`${core()}/pods`, { metadata: { name: "waiting" }, spec: aPod("web:unschedulable") }],
      [`${core()}/secrets`, { metadata: { name: "keys" }, stringData: { a: "1", b: "2" } }],
      [`${core()}/configmaps`, { metadata: { name: "settings" }, data: { a: "1" } }],
      [
        `${core()}/services`,
        {
          metadata: { name: "web" },
          spec: {
            clusterIP: "None",
            selector: { app: "web" },
            ports: ports.map((port) => ({ name: "http", ...port })),
          },
        },
      ],
      [
        `${path("coordination.k8s.io")}/leases`,
        { metadata: { name: "machine" }, spec: { holderIdentity: "ann" } },
      ],
    ] as const) {
      const { status, body: said } = await ann().post(where, body);
      assert.equal(status, 201, JSON.stringify(said));
    }
  });

  /** Cells of a table in words; ages, names from the cluster and hashes are replaced by what they are. */
  const rows = async (...args: readonly string[]): Promise<unknown> =>
    (await kubectl.say("get", ...args))
      .trimEnd()
      .split("\n")
      .map((row) =>
        row
          .trim()
          .split(/\s{2,}/u)
          .map((cell) =>
            cell
              .replace(/^\d+[smh](?:\d+[sm])?$/u, "AGE")
              .replace(/\((?:\d+[sm])+ ago\)/u, "(AGE ago)")
              .replace(/-[a-z0-9]{8,10}(?:-[a-z0-9]{5})?$/u, "-HASH")
              .replace(/^(?:agent|migrate)-[a-z0-9]{5}$/u, "OWNED")
              .replace(/hash=[a-z0-9]+/u, "hash=HASH"),
          ),
      );

  for (const [args, expected] of [
    [
      ["deployments"],
      [
        ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"],
        ["web", "2/2", "2", "2", "AGE"],
      ],
    ],
    [
      ["rs", "-o", "wide"],
      [
        ["NAME", "DESIRED", "CURRENT", "READY", "AGE", "CONTAINERS", "IMAGES", "SELECTOR"],
        ["web-HASH", "2", "2", "2", "AGE", "web", "web:a1", "app=web,pod-template-hash=HASH"],
      ],
    ],
    [
      ["sts", "-o", "wide"],
      [
        ["NAME", "READY", "AGE", "CONTAINERS", "IMAGES"],
        ["db", "1/1", "AGE", "web", "db:a1"],
      ],
    ],
    [
      ["ds", "-o", "wide"],
      [
        [
          ...["NAME", "DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR", "AGE"],
          ...["CONTAINERS", "IMAGES", "SELECTOR"],
        ],
        ["agent", "1", "1", "1", "1", "1", "<none>", "AGE", "web", "agent:a1", "app=agent"],
      ],
    ],
    [
      ["controllerrevisions"],
      [
        ["NAME", "CONTROLLER", "REVISION", "AGE"],
        ["agent-HASH", "daemonset.apps/agent", "1", "AGE"],
        ["db-HASH", "statefulset.apps/db", "1", "AGE"],
      ],
    ],
    [
      ["jobs"],
      [
        ["NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE"],
        ["migrate", "Failed", "0/1", "AGE", "AGE"],
      ],
    ],
    [
      ["secrets"],
      [
        ["NAME", "TYPE", "DATA", "AGE"],
        ["keys", "Opaque", "2", "AGE"],
      ],
    ],
    [
      ["configmaps", "settings"],
      [
        ["NAME", "DATA", "AGE"],
        ["settings", "1", "AGE"],
      ],
    ],
    [
      ["leases"],
      [
        ["NAME", "HOLDER", "AGE"],
        ["machine", "ann", "AGE"],
      ],
    ],
    [
      ["services", "-o", "wide"],
      [
        ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE", "SELECTOR"],
        ["web", "ClusterIP", "None", "<none>", "80/TCP,443/TCP", "AGE", "app=web"],
      ],
    ],
    [
      ["pods"],
      [
        ["NAME", "READY", "STATUS", "RESTARTS", "AGE"],
        ["OWNED", "1/1", "Running", "0", "AGE"],
        ["broken", "0/1", "ImagePullBackOff", "0", "AGE"],
        ["crashing", "0/1", "CrashLoopBackOff", "1 (AGE ago)", "AGE"],
        ["db-0", "1/1", "Running", "0", "AGE"],
        ["OWNED", "0/1", "Error", "0", "AGE"],
        ["starting", "0/1", "Init:CrashLoopBackOff", "1 (AGE ago)", "AGE"],
        ["waiting", "0/1", "Pending", "0", "AGE"],
        ["web-HASH", "1/1", "Running", "0", "AGE"],
        ["web-HASH", "1/1", "Running", "0", "AGE"],
      ],
    ],
    [
      ["events", "--field-selector", "involvedObject.name=waiting"],
      [
        ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"],
        [
          ...["AGE", "Warning", "FailedScheduling", "pod/waiting"],
          "0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available: " +
            "3 No preemption victims found for incoming pod.",
        ],
      ],
    ],
  ] as const) {
    test(`get ${args.join(" ")}`, () => eventually(() => rows(...args), expected));
  }

  test("the rows of a table hold the metadata of their objects, or all, or nothing, as asked", async () => {
    const asked = async (query: string): Promise<unknown> => {
      const { body } = await ann().get(`${core()}/configmaps/settings${query}`, { accept: TABLE });
      const row = at(body, "rows", 0);
      return [
        at(body, "kind"),
        listAt(body, "columnDefinitions").map((column) => [
          at(column, "name"),
          at(column, "type"),
          at(column, "format"),
          at(column, "priority"),
        ]),
        listAt(row, "cells").slice(0, 2),
        at(row, "object", "kind"),
        at(row, "object", "data"),
      ];
    };
    const columns = [
      ["Name", "string", "name", 0],
      ["Data", "string", "", 0],
      ["Age", "string", "", 0],
    ];
    assert.deepEqual(
      [await asked(""), await asked("?includeObject=Object"), await asked("?includeObject=None")],
      [
        ["Table", columns, ["settings", 1], "PartialObjectMetadata", undefined],
        ["Table", columns, ["settings", 1], "ConfigMap", { a: "1" }],
        ["Table", columns, ["settings", 1], undefined, undefined],
      ],
    );
  });
});
