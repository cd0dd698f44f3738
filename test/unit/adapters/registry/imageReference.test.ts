import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isLoopback, parseImage } from "../../../../src/adapters/registry/imageReference.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const hub = { registry: "docker.io", host: "registry-1.docker.io" };
const own = (registry: string): object => ({ registry, host: registry });

for (const [image, parsed] of [
  ["nginx", { ...hub, repository: "library/nginx", reference: "latest" }],
  ["nginx:1.27", { ...hub, repository: "library/nginx", reference: "1.27" }],
  ["bufferapp/web:abc", { ...hub, repository: "bufferapp/web", reference: "abc" }],
  ["docker.io/nginx", { ...hub, repository: "library/nginx", reference: "latest" }],
  ["index.docker.io/a/b:1", { ...hub, repository: "a/b", reference: "1" }],
  ["localhost/app", { ...own("localhost"), repository: "app", reference: "latest" }],
  ["localhost:5000/app:1", { ...own("localhost:5000"), repository: "app", reference: "1" }],
  ["r.example.com:5000/a/b/c", { ...own("r.example.com:5000"), repository: "a/b/c", reference: "latest" }],
  ["[::1]:5000/app:1", { ...own("[::1]:5000"), repository: "app", reference: "1" }],
  [`r.example.com/app@${DIGEST}`, { ...own("r.example.com"), repository: "app", reference: DIGEST }],
  [`r.example.com:1/app:t@${DIGEST}`, { ...own("r.example.com:1"), repository: "app", reference: DIGEST }],
] as const) {
  test(`${image} is taken apart as Docker does`, () => {
    assert.deepEqual(parseImage(image), parsed);
  });
}

for (const image of [
  ...["", ":1", "App", "a/B", "a//b", "/a", "a/", "a b", "a:", "a:b c", "a@sha256:12", "a@b@c", "a@"],
  ...["r.example.com/", "r.example.com:x/a", "-r.example.com/a", "user:pw@r.example.com/a"],
  ...["r.example.com/../a", "r.example.com/a/../../b", "r.example.com/a?b", "r.example.com/a#b", "${TAG}"],
  ...["a".repeat(256), "a:../../x", "a\r\nHost: b", "r.example.com/a%2fb"],
]) {
  test(`${JSON.stringify(image).slice(0, 40)} names no image`, () => {
    assert.equal(parseImage(image), undefined);
  });
}

test("whatever is no name of an image is refused without a crash, and what is accepted makes one address", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.webUrl(), fc.string({ unit: fc.constantFrom(...Array.from("aA.:/@-_[]1")) })),
      (text) => {
        const image = parseImage(text);
        if (image === undefined) return;
        const url = new URL(`https://${image.host}/v2/${image.repository}/manifests/${image.reference}`);
        assert.equal(url.pathname, `/v2/${image.repository}/manifests/${image.reference}`);
        assert.deepEqual([url.username, url.search, url.hash], ["", "", ""]);
      },
    ),
  );
});

test("only this very machine is this machine", () => {
  assert.deepEqual(
    [
      "localhost:5000",
      "127.0.0.1",
      "127.1.2.3:1",
      "[::1]:5000",
      "localhost.example.com",
      "127.0.0.1.nip.io",
      "128.0.0.1",
    ].map(isLoopback),
    [true, true, true, true, false, false, false],
  );
});
