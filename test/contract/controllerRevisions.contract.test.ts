import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually } from "./eventually.ts";
import { at, listAt, textAt } from "./json.ts";
import { statusOf } from "./status.ts";
import { useCluster } from "./useCluster.ts";
import { useKubectl } from "./useKubectl.ts";

const CAUSE = "kubernetes.io/change-cause";
/** Text that Go writes to JSON in its own way: kubectl compares templates byte by byte. */
const ARGS = ["--if", "a<b && c>d"];

const KINDS = [
  {
    kind: "StatefulSet",
    plural: "statefulsets",
    more: { replicas: 1 },
    hash: "controller.kubernetes.io/hash",
  },
  { kind: "DaemonSet", plural: "daemonsets", more: {}, hash: "controller-revision-hash" },
] as const;

for (const { kind, plural, more, hash } of KINDS) {
  describe(`The history of a ${kind}`, { concurrency: 4 }, () => {
    const on = useCluster("revisions");
    const kubectl = useKubectl(on);
    const ann = () => on.as("ann");
    const sets = (): string => `/apis/apps/v1/namespaces/${on.namespace}/${plural}`;
    const history = (): string => `/apis/apps/v1/namespaces/${on.namespace}/controllerrevisions`;

    const create = async (name: string, spec: object = {}): Promise<unknown> => {
      const template = {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: "app", image: "app:a1", args: ARGS }] },
      };
      const { status, body } = await ann().post(sets(), {
        apiVersion: "apps/v1",
        kind,
        metadata: { name, annotations: { [CAUSE]: "the first" } },
        spec: { selector: { matchLabels: { app: name } }, template, ...more, ...spec },
      });
      assert.equal(status, 201, JSON.stringify(body));
      return body;
    };
    /** One change of the template and of why it was made, as a deploy makes it. */
    const deploy = async (name: string, image: string, cause: string): Promise<void> => {
      const { status } = await ann().patch("strategic", `${sets()}/${name}`, {
        metadata: { annotations: { [CAUSE]: cause } },
        spec: { template: { spec: { containers: [{ name: "app", image }] } } },
      });
      assert.equal(status, 200);
    };
    const items = async (name: string): Promise<readonly unknown[]> =>
      listAt((await ann().get(`${history()}?labelSelector=app%3D${name}`)).body, "items");
    /** Number, image and cause of each revision, the oldest first. */
    const revisions = async (name: string): Promise<unknown> =>
      (await items(name))
        .map((one) => [
          Number(at(one, "revision")),
          at(one, "data", "spec", "template", "spec", "containers", 0, "image"),
          at(one, "metadata", "annotations", CAUSE),
        ])
        .sort(([a], [b]) => Number(a) - Number(b));
    /** The image that runs, once it is ready. */
    const running = async (name: string): Promise<unknown> => {
      const pods = `/api/v1/namespaces/${on.namespace}/pods?labelSelector=app%3D${name}`;
      return listAt((await ann().get(pods)).body, "items")
        .filter((pod) => at(pod, "status", "containerStatuses", 0, "ready") === true)
        .map((pod) => at(pod, "spec", "containers", 0, "image"));
    };

    test("keeps a template as the patch that brings it back, whole", async () => {
      const owner = await create("kept");
      await eventually(() => revisions("kept"), [[1, "app:a1", "the first"]]);
      const [found] = await items("kept");
      const name = textAt(found, "metadata", "name");
      const template = at((await ann().get(`${sets()}/kept`)).body, "spec", "template");
      assert.deepEqual(
        {
          ...{ data: at(found, "data"), owners: at(found, "metadata", "ownerReferences") },
          labels: at(found, "metadata", "labels"),
          hasName: /^kept-[a-z0-9]+$/u.test(name),
        },
        {
          data: {
            spec: { template: { ...Object.fromEntries(Object.entries(template ?? {})), $patch: "replace" } },
          },
          owners: [
            {
              ...{ apiVersion: "apps/v1", kind, name: "kept", uid: textAt(owner, "metadata", "uid") },
              ...{ controller: true, blockOwnerDeletion: true },
            },
          ],
          labels: { app: "kept", [hash]: name.slice("kept-".length) },
          hasName: true,
        },
      );
    });

    test("a template that is wanted again gets the newest number, and loses its old one", async () => {
      await create("again");
      await eventually(() => running("again"), ["app:a1"]);
      await deploy("again", "app:b2", "the second");
      await eventually(() => running("again"), ["app:b2"]);
      await deploy("again", "app:a1", "the third");
      await eventually(() => running("again"), ["app:a1"]);
      // Its cause stays that of the first time: annotations are written once.
      await eventually(
        () => revisions("again"),
        [
          [2, "app:b2", "the second"],
          [3, "app:a1", "the first"],
        ],
      );
    });

    test("is kept down to its limit, without what runs", async () => {
      await create("limited", { revisionHistoryLimit: 1 });
      for (const image of ["app:a1", "app:b2", "app:c3"]) {
        await deploy("limited", image, image);
        await eventually(() => running("limited"), [image]);
      }
      await eventually(
        () => revisions("limited"),
        [
          [2, "app:b2", "app:b2"],
          [3, "app:c3", "app:c3"],
        ],
      );
    });

    test("a limit of nothing keeps only what runs", async () => {
      await create("bare", { revisionHistoryLimit: 0 });
      await eventually(() => running("bare"), ["app:a1"]);
      await deploy("bare", "app:b2", "b2");
      await eventually(() => revisions("bare"), [[2, "app:b2", "b2"]]);
      const { code, stderr } = await kubectl.run("rollout", "undo", `${plural}/bare`);
      assert.deepEqual([code, stderr.trim()], [1, "error: no last revision to roll back to"]);
    });

    test("what a revision keeps cannot be changed", async () => {
      await create("fixed");
      await eventually(async () => (await items("fixed")).length, 1);
      const name = textAt(await items("fixed"), 0, "metadata", "name");
      const changed = await ann().patch("merge", `${history()}/${name}`, { data: { spec: null } });
      assert.deepEqual(
        statusOf(changed).message,
        `ControllerRevision.apps "${name}" is invalid: data: Invalid value: {}: field is immutable`,
      );
    });

    test("kubectl tells numbers and causes, and shows one template", async () => {
      await create("told");
      await eventually(() => running("told"), ["app:a1"]);
      await deploy("told", "app:b2", "the second");
      await eventually(async () => (await items("told")).length, 2);
      const list = await kubectl.say("rollout", "history", `${plural}/told`);
      const one = await kubectl.say("rollout", "history", `${plural}/told`, "--revision", "1");
      const none = await kubectl.run("rollout", "history", `${plural}/told`, "--revision", "9");
      assert.deepEqual(
        [
          list.trim().split("\n"),
          one.match(/Image:\s+(?<image>\S+)/u)?.groups?.["image"],
          [none.code, none.stderr.trim()],
        ],
        [
          [
            `${kind.toLowerCase()}.apps/told `,
            "REVISION  CHANGE-CAUSE",
            "1         the first",
            "2         the second",
          ],
          "app:a1",
          [1, "error: unable to find the specified revision"],
        ],
      );
    });

    test("kubectl sees that there is nothing to undo, whatever stands in the template", async () => {
      await create("same");
      await eventually(async () => (await items("same")).length, 1);
      const said = await kubectl.say("rollout", "undo", `${plural}/same`, "--to-revision", "1");
      assert.equal(
        said,
        `${kind.toLowerCase()}.apps/same skipped rollback (current template already matches revision 1)\n`,
      );
    });
  });
}
