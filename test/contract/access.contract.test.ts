import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ApiClient } from "./apiClient.ts";
import { at, listAt, textAt } from "./json.ts";
import { statusOf } from "./status.ts";
import { useCluster } from "./useCluster.ts";

const DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
const REVIEW = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" } as const;
const REVIEWS = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

describe("Access", () => {
  const on = useCluster("access");
  const leases = (): string => `/apis/coordination.k8s.io/v1/namespaces/${on.namespace}/leases`;

  test("everybody who is known may ask who they are", async () => {
    const people = ["admin", "ann", "eve"];
    const answers = await Promise.all(people.map((person) => on.as(person).post(REVIEWS, REVIEW)));
    assert.deepEqual(
      answers.map(({ status, body }) => [
        status,
        at(body, "kind"),
        at(body, "status", "userInfo", "username"),
      ]),
      people.map((person) => [201, "SelfSubjectReview", person]),
    );
  });

  test("a token that nobody has is turned away without a word about why", async () => {
    const { headers, ...access } = await on.cluster.access("ann");
    const stranger = new ApiClient({ ...access, headers: { ...headers, authorization: "Bearer nobody" } });
    const answer = await stranger.get(leases());
    stranger.close();
    assert.deepEqual(statusOf(answer), { code: 401, reason: "Unauthorized", message: "Unauthorized" });
  });

  test("who brings no token is somebody without a name and without rights", async () => {
    const access = await on.cluster.access("ann");
    const nobody = new ApiClient({ ...access, headers: {} });
    const answer = await nobody.get(leases());
    nobody.close();
    assert.deepEqual(statusOf(answer), {
      code: 403,
      reason: "Forbidden",
      message:
        'leases.coordination.k8s.io is forbidden: User "system:anonymous" cannot list resource "leases" ' +
        `in API group "coordination.k8s.io" in the namespace "${on.namespace}"`,
      details: { group: "coordination.k8s.io", kind: "leases" },
    });
  });

  test("who has no rights is told which one is missing", async () => {
    const group = "coordination.k8s.io";
    const forbidden = (what: string, details: object): object => ({
      code: 403,
      reason: "Forbidden",
      message: `leases.coordination.k8s.io ${what} in API group "${group}" in the namespace "${on.namespace}"`,
      details: { ...details, group, kind: "leases" },
    });
    const eve = on.as("eve");
    const answers = [
      await eve.get(leases()),
      await eve.get(`${leases()}/dev1`),
      await eve.get(`${leases()}?watch=true`),
      await eve.delete(`${leases()}/dev1`),
    ];
    assert.deepEqual(answers.map(statusOf), [
      forbidden('is forbidden: User "eve" cannot list resource "leases"', {}),
      forbidden('"dev1" is forbidden: User "eve" cannot get resource "leases"', { name: "dev1" }),
      forbidden('is forbidden: User "eve" cannot watch resource "leases"', {}),
      forbidden('"dev1" is forbidden: User "eve" cannot delete resource "leases"', { name: "dev1" }),
    ]);
  });

  test("an object of the core group is named without a group when it is forbidden", async () => {
    const refused = await on.as("eve").get(`/api/v1/namespaces/${on.namespace}/secrets/s`);
    assert.deepEqual(statusOf(refused), {
      code: 403,
      reason: "Forbidden",
      message:
        `secrets "s" is forbidden: User "eve" cannot get resource "secrets" in API group "" ` +
        `in the namespace "${on.namespace}"`,
      details: { name: "s", kind: "secrets" },
    });
  });

  test("developers may everything in a namespace, but not in all of them at once", async () => {
    const ann = on.as("ann");
    const inside = await ann.get(leases());
    const everywhere = await ann.get("/apis/coordination.k8s.io/v1/leases");
    assert.deepEqual(
      [inside.status, statusOf(everywhere)],
      [
        200,
        {
          code: 403,
          reason: "Forbidden",
          message:
            'leases.coordination.k8s.io is forbidden: User "ann" cannot list resource "leases" ' +
            'in API group "coordination.k8s.io" at the cluster scope',
          details: { group: "coordination.k8s.io", kind: "leases" },
        },
      ],
    );
  });

  test("one can ask for a right before using it", async () => {
    const ask = async (person: string): Promise<unknown> => {
      const resourceAttributes = {
        namespace: on.namespace,
        verb: "update",
        group: "coordination.k8s.io",
        resource: "leases",
        name: "dev1",
      };
      const answer = await on.as(person).post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes },
      });
      return [answer.status, at(answer.body, "status", "allowed")];
    };
    assert.deepEqual(
      [await ask("ann"), await ask("eve")],
      [
        [201, true],
        [201, false],
      ],
    );
  });

  test("an object that is absent is told apart from a kind and a path that are not served", async () => {
    const ann = on.as("admin");
    const object = await ann.get(`${leases()}/nothing`);
    const kind = await ann.get(`/apis/coordination.k8s.io/v1/namespaces/${on.namespace}/nothings`);
    const group = await ann.get("/apis/nothing.example.com/v1/things");
    assert.deepEqual(
      [statusOf(object), kind.status, group.status],
      [
        {
          code: 404,
          reason: "NotFound",
          message: 'leases.coordination.k8s.io "nothing" not found',
          details: { name: "nothing", group: "coordination.k8s.io", kind: "leases" },
        },
        404,
        404,
      ],
    );
  });

  test("the version is one that current clients accept", async () => {
    const { status, body } = await on.as("ann").get("/version");
    assert.deepEqual([status, at(body, "major")], [200, "1"]);
    assert.match(textAt(body, "gitVersion"), /^v1\.\d+\.\d+/);
  });

  test("discovery names each kind with its scope, verbs and short names in one answer", async () => {
    const resources = async (path: string, group: string, version: string): Promise<Map<string, unknown>> => {
      const { body, headers } = await on.as("ann").get(path, { accept: DISCOVERY });
      assert.match(headers["content-type"] ?? "", /as=APIGroupDiscoveryList/);
      const item = listAt(body, "items").find((each) => (at(each, "metadata", "name") ?? "") === group);
      const found = listAt(item, "versions").find((each) => at(each, "version") === version);
      return new Map(listAt(found, "resources").map((each) => [textAt(each, "resource"), each]));
    };
    const core = await resources("/api", "", "v1");
    const apps = await resources("/apis", "apps", "v1");
    const coordination = await resources("/apis", "coordination.k8s.io", "v1");
    const brief = (resource: unknown): unknown => [
      at(resource, "responseKind", "kind"),
      at(resource, "scope"),
      at(resource, "singularResource"),
      listAt(resource, "shortNames"),
    ];
    assert.deepEqual(
      [
        brief(core.get("namespaces")),
        brief(core.get("pods")),
        brief(core.get("services")),
        brief(core.get("configmaps")),
        brief(core.get("secrets")),
        brief(core.get("events")),
        brief(apps.get("deployments")),
        brief(apps.get("replicasets")),
        brief(coordination.get("leases")),
      ],
      [
        ["Namespace", "Cluster", "namespace", ["ns"]],
        ["Pod", "Namespaced", "pod", ["po"]],
        ["Service", "Namespaced", "service", ["svc"]],
        ["ConfigMap", "Namespaced", "configmap", ["cm"]],
        ["Secret", "Namespaced", "secret", []],
        ["Event", "Namespaced", "event", ["ev"]],
        ["Deployment", "Namespaced", "deployment", ["deploy"]],
        ["ReplicaSet", "Namespaced", "replicaset", ["rs"]],
        ["Lease", "Namespaced", "lease", []],
      ],
    );
    assert.deepEqual(listAt(coordination.get("leases"), "verbs"), [
      "create",
      "delete",
      "deletecollection",
      "get",
      "list",
      "patch",
      "update",
      "watch",
    ]);
  });

  test("discovery that has not changed is not sent again", async () => {
    const first = await on.as("ann").get("/apis", { accept: DISCOVERY });
    const etag = first.headers.etag ?? "";
    const second = await on.as("ann").get("/apis", { accept: DISCOVERY, headers: { "if-none-match": etag } });
    assert.deepEqual([first.status, etag !== "", second.status], [200, true, 304]);
  });

  test("OpenAPI describes each kind that helm checks", async () => {
    const ann = on.as("ann");
    const index = await ann.get("/openapi/v3");
    const urls = [["api/v1"], ["apis/apps/v1"], ["apis/coordination.k8s.io/v1"]].map(([group = ""]) =>
      textAt(
        typeof index.body === "string" ? JSON.parse(index.body) : index.body,
        "paths",
        group,
        "serverRelativeURL",
      ),
    );
    const kinds = await Promise.all(
      urls.map(async (url) => {
        const document = await ann.get(url);
        const schemas = at(document.body, "components", "schemas");
        return Object.values(typeof schemas === "object" && schemas !== null ? schemas : {}).flatMap(
          (schema) => listAt(schema, "x-kubernetes-group-version-kind").map((gvk) => at(gvk, "kind")),
        );
      }),
    );
    const missing = ["Secret", "ConfigMap", "Service", "Pod", "Deployment", "ReplicaSet", "Lease"].filter(
      (kind) => !kinds.flat().includes(kind),
    );
    assert.deepEqual(missing, []);
  });
});
