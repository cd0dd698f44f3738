import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ReviewedIdentity } from "../../src/adapters/kubernetes/identity.ts";
import { useClient } from "./clusterAdapters.ts";

const signal = new AbortController().signal;

describe("who we are", () => {
  const suite = useClient("identity");

  for (const person of ["ann", "eve"]) {
    test(`the API server names ${person}, whatever rights they have`, async () => {
      const user = await new ReviewedIdentity(suite.client(person)).whoAmI(person, signal);
      if (suite.on.cluster.kind === "context") assert.equal(user.ok, true);
      else assert.deepEqual(user, { ok: true, value: person });
    });
  }

  test("an unknown context is named, with those that there are", async () => {
    const user = await new ReviewedIdentity(suite.client("ann")).whoAmI("nowhere", signal);
    assert.deepEqual(user, {
      ok: false,
      error: { reason: "context-unknown", context: "nowhere", known: ["ann"] },
    });
  });
});
