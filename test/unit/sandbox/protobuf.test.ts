import assert from "node:assert/strict";
import { test } from "node:test";
import { at, textOf } from "../../../src/sandbox/json.ts";
import { decodeProtobuf } from "../../../src/sandbox/protobuf.ts";
import { done, refused } from "./objects.ts";

/** The body of a POST by helm 4.1.4 that records a release. */
const SECRET =
  "azhzAAoMCgJ2MRIGU2VjcmV0EoAGCp4BChpzaC5oZWxtLnJlbGVhc2UudjEudGlueS52MRIAGgAiACoAMgA4AEIAWhcKCWNyZWF0ZWRBdBIKMTc5NTQzMTUxMloTCgxkZXZkZXBsb3ktYnkSA2FubloMCgRuYW1lEgR0aW55Wg0KBW93bmVyEgRoZWxtWhkKBnN0YXR1cxIPcGVuZGluZy1pbnN0YWxsWgwKB3ZlcnNpb24SATESyAQKB3JlbGVhc2USvARINHNJQUFBQUFBQUMvNVNTWDIvVE1CVEZ2MHAwZVhVNkoxbGI0c2NOQ21oQ0NLaktGb0ttMjloSnZmcFBGRHVwb3FyZkhUbWpGQkFQSU4ySDVDbzU1K2R6ZkFTRFdnQURMODBJQktTcExiQWoxTEp6L3BHTFZ0bFJjR0NRMG5RUkowbWNadXVFc3ZsTGxpV3pQRittODhWaW1SZEFRT0YvL3NDRnF6clplbWtOTUhobnBKZW9JbW1jUjZXaTNuRFJIVEF3T1krK2Q4Q2dGWVpMMDhRL3ZvRVRnV3FIblEvQVduams2REU4bjQ4RUJBYlJ1V2NET3FPekJBaGdLemMvbDBNYVJKU3Q5c0JNcnhRQkwzU3IwQXNIN090RjZieTh3dG1JV2dYNnlRc2U3bS9hamQ2TVZhcUc3Wk50K05Qck8weFZYN3l5emNjMDd3dXR6UHJMNm5DckU4WGZyUFlQOTU5MkgrVE5jcXRYdmxqYmhyK2xkMEJBVys3bFpQVzMySzZ6TEx2T3I1ZnpBazdmQ0F5bytzRDNET3lxbmRENCs5dEZqbEtheE5Pc0tXWFRoT3hycVM0Sy8yNU9RS09SdFhBZUdNUnhYSm9YMFdmYmQ1VmdrYi82TTZYU1hMSm0wWkNVWmk4Tlo5R3ROYlZzM21OYm1uTnJMRHFHcUZua1Q2WDV0YmFFVEIyNEZxc0FlQkRicWNKV2pZOWErSjBOTjgwNWhOUDNBQUFBLy8rcmkzKzN5UUlBQUE9PRoSaGVsbS5zaC9yZWxlYXNlLnYxGgAiAA==";

/** The body of a DELETE by helm 4.1.4. */
const DELETE_OPTIONS = "azhzAAoTCgJ2MRINRGVsZXRlT3B0aW9ucxIAGgAiAA==";

test("a Secret of helm is read with its labels and data, and without the fields that Go writes empty", () => {
  const secret = done(decodeProtobuf(Buffer.from(SECRET, "base64")));
  assert.deepEqual(
    [secret["kind"], secret["apiVersion"], secret["type"], secret["metadata"]],
    [
      "Secret",
      "v1",
      "helm.sh/release.v1",
      {
        name: "sh.helm.release.v1.tiny.v1",
        labels: {
          createdAt: "1795431512",
          "devdeploy-by": "ann",
          name: "tiny",
          owner: "helm",
          status: "pending-install",
          version: "1",
        },
      },
    ],
  );
  const release = textOf(at(secret, "data", "release"));
  // helm stores base64 of gzip, and Kubernetes writes data as base64 once more.
  const inner = Buffer.from(release, "base64").toString("latin1");
  assert.deepEqual(Buffer.from(inner, "base64").subarray(0, 2), Buffer.from([0x1f, 0x8b]));
});

test("DeleteOptions of helm are read", () => {
  assert.deepEqual(decodeProtobuf(Buffer.from(DELETE_OPTIONS, "base64")), {
    kind: "DeleteOptions",
    apiVersion: "v1",
  });
});

test("bytes without the mark of Kubernetes, or broken after it, are a bad request", () => {
  const broken = Buffer.from(SECRET, "base64").subarray(0, 100);
  assert.deepEqual(
    [Buffer.from("{}"), broken].map((bytes) => refused(decodeProtobuf(bytes)).slice(0, 2)),
    [
      [400, "BadRequest"],
      [400, "BadRequest"],
    ],
  );
});

test("a kind whose message is not known is an unsupported media type", () => {
  // An envelope that names a Node and holds nothing.
  const meta = Buffer.concat([
    Buffer.from([0x0a, 2]),
    Buffer.from("v1"),
    Buffer.from([0x12, 4]),
    Buffer.from("Node"),
  ]);
  const body = Buffer.concat([Buffer.from("k8s\0"), Buffer.from([0x0a, meta.length]), meta]);
  assert.deepEqual(refused(decodeProtobuf(body)).slice(0, 2), [415, "UnsupportedMediaType"]);
});
