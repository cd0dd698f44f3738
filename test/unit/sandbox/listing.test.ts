import assert from "node:assert/strict";
import { test } from "node:test";
import { Listing, type Page } from "../../../src/sandbox/api/listing.ts";
import type { JsonObject } from "../../../src/sandbox/json.ts";
import { textOf } from "../../../src/sandbox/json.ts";
import { CONFIG_MAP } from "../../../src/sandbox/kinds.ts";
import { nameOf } from "../../../src/sandbox/object.ts";
import { Store } from "../../../src/sandbox/store.ts";
import { done, refused } from "./objects.ts";

const configMap = (name: string, labels: JsonObject = {}): JsonObject => ({
  metadata: { name, namespace: "web", labels },
});

function filled(count: number): { store: Store; listing: Listing } {
  const store = new Store();
  for (let index = 0; index < count; index += 1) {
    store.put(CONFIG_MAP, configMap(`c${index}`, index % 2 === 0 ? { even: "yes" } : {}));
  }
  return { store, listing: new Listing(store) };
}

const ask = (listing: Listing, query: string): ReturnType<Listing["list"]> =>
  listing.list(CONFIG_MAP, "web", new URLSearchParams(query));
const names = (page: Page): string[] => page.objects.map(nameOf);
const next = (page: Page): string => `limit=2&continue=${textOf(page.metadata["continue"])}`;

test("pages show what the first one saw, whatever is written in between", () => {
  const { store, listing } = filled(5);
  const first = done(ask(listing, "limit=2"));
  store.remove(CONFIG_MAP, "web", "c3");
  store.put(CONFIG_MAP, configMap("c2a"));
  const second = done(ask(listing, next(first)));
  const third = done(ask(listing, next(second)));
  assert.deepEqual(
    [first, second, third].map((page) => [
      names(page),
      page.metadata["resourceVersion"],
      page.metadata["remainingItemCount"],
    ]),
    [
      [["c0", "c1"], "105", 3],
      [["c2", "c3"], "105", 1],
      [["c4"], "105", undefined],
    ],
  );
});

test("pages of chosen objects go on where they were, and do not count what is left", () => {
  const { listing } = filled(6);
  const first = done(ask(listing, "limit=1&labelSelector=even"));
  const second = done(ask(listing, `labelSelector=even&${next(first)}`));
  assert.deepEqual(
    [names(first), first.metadata["remainingItemCount"], names(second), second.metadata["continue"]],
    [["c0"], undefined, ["c2", "c4"], undefined],
  );
});

test("a page of a state that is forgotten is gone", () => {
  const { listing } = filled(5);
  const first = done(ask(listing, "limit=2"));
  listing.forget();
  assert.deepEqual(refused(ask(listing, next(first))).slice(0, 2), [410, "Expired"]);
});

test("versions of the future, wrong tokens and wrong limits are refused", () => {
  const { listing } = filled(1);
  assert.deepEqual(
    [
      "resourceVersion=999",
      "resourceVersion=abc",
      "continue=abc",
      "limit=x",
      "resourceVersion=1&resourceVersionMatch=Exact",
    ].map((query) => refused(ask(listing, query))[0]),
    [504, 400, 400, 400, 410],
  );
});
