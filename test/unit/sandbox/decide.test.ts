import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCall } from "../../../src/sandbox/call.ts";
import { type Decision, decide, type Interceptor } from "../../../src/sandbox/decide.ts";
import { makePerson } from "../../../src/sandbox/people.ts";
import { Refusal } from "../../../src/sandbox/refusal.ts";

const admin = makePerson("admin", "admin");
const ann = makePerson("ann", "developer");
const eve = makePerson("eve", "stranger");
const people = [admin, ann, eve];
const LEASES = "/apis/coordination.k8s.io/v1/namespaces/devdeploy/leases";

function asked(token: string | undefined, path: string, interceptors: readonly Interceptor[] = []): Decision {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return decide({ people, interceptors }, parseCall("GET", path, headers));
}

const told = (decision: Decision): string | number =>
  decision.kind === "refuse" ? decision.refusal.code : decision.kind;

test("each person gets what their role allows", () => {
  const paths = [
    `${LEASES}/dev1`,
    LEASES,
    "/api/v1/namespaces/web",
    "/api/v1/namespaces",
    "/apis",
    "/version",
    "/metrics",
  ];
  assert.deepEqual(
    [admin.token, ann.token, eve.token, undefined].map((token) =>
      paths.map((path) => told(asked(token, path))),
    ),
    [
      ["serve", "serve", "serve", "serve", "serve", "serve", "serve"],
      ["serve", "serve", "serve", 403, "serve", "serve", 403],
      [403, 403, 403, 403, "serve", "serve", 403],
      [403, 403, 403, 403, 403, "serve", 403],
    ],
  );
});

test("everybody may ask who they are and what they may do", () => {
  const reviews = [
    "/apis/authentication.k8s.io/v1/selfsubjectreviews",
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
  ];
  assert.deepEqual(
    reviews.map((path) => told(asked(eve.token, path))),
    ["serve", "serve"],
  );
});

test("a token that nobody has is turned away before any interceptor sees the request", () => {
  let seen = 0;
  const count: Interceptor = () => {
    seen += 1;
    return undefined;
  };
  assert.deepEqual([told(asked("wrong", LEASES, [count])), seen], [401, 0]);
});

test("interceptors see who asks for what, before permissions count", () => {
  const log: string[] = [];
  const note: Interceptor = (call, person) => {
    const { target } = call;
    if (target.kind === "objects")
      log.push(`${person.name} ${call.verb} ${target.to.kind.plural} ${target.to.name}`);
    return undefined;
  };
  asked(eve.token, `${LEASES}/dev1`, [note]);
  asked(ann.token, `${LEASES}?watch=true`, [note]);
  assert.deepEqual(log, ["eve get leases dev1", "ann watch leases "]);
});

test("the first interceptor that wants a fault has its way", () => {
  const refusal = new Refusal(429, "TooManyRequests", "slow down");
  const decision = asked(ann.token, LEASES, [
    () => undefined,
    () => ({ kind: "refuse", refusal, retryAfterSeconds: 2 }),
    () => ({ kind: "lose-request" }),
  ]);
  assert.deepEqual(decision, { kind: "refuse", refusal, retryAfterSeconds: 2 });
  assert.deepEqual(asked(ann.token, LEASES, [() => ({ kind: "lose-request" })]), { kind: "drop" });
});

test("a fault of the answer is passed on to whoever serves, if the request is allowed at all", () => {
  const lose: Interceptor = () => ({ kind: "lose-reply" });
  assert.deepEqual(asked(ann.token, LEASES, [lose]), {
    kind: "serve",
    person: ann,
    fault: { kind: "lose-reply" },
  });
  assert.equal(told(asked(eve.token, LEASES, [lose])), 403);
});

for (const [method, url, expected] of [
  ["GET", "/api/v1/namespaces/web/pods/p", "get pods web/p"],
  ["GET", "/api/v1/pods?watch=1", "watch pods /"],
  ["GET", "/api/v1/namespaces/web", "get namespaces /web"],
  ["GET", "/api/v1/namespaces/web/status", "get namespaces /web status"],
  ["DELETE", "/apis/apps/v1/namespaces/web/deployments", "deletecollection deployments web/"],
  ["PATCH", "/apis/apps/v1/namespaces/web/deployments/d/scale", "patch deployments web/d scale"],
  ["PUT", "/apis/coordination.k8s.io/v1/namespaces/a%2Fb/leases/x", "path"],
  ["GET", "/apis/apps/v1/pods", "path"],
  ["GET", "/api/v1/pods/p", "path"],
  ["GET", "/api/v1/namespaces/web/namespaces", "path"],
  ["POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "review"],
] as const) {
  test(`${method} ${url} is ${expected}`, () => {
    const { target, verb } = parseCall(method, url, {});
    const text =
      target.kind === "objects"
        ? `${verb} ${target.to.kind.plural} ${target.to.namespace}/${target.to.name} ${target.to.subresource}`.trim()
        : target.kind;
    assert.equal(text, expected);
  });
}
