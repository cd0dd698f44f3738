import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { maskedObject, maskedValues, Masks } from "../../../src/domain/masking.ts";
import type { JsonObject } from "../../../src/domain/manifest.ts";
import { looksSecret } from "../../../src/domain/secretKeys.ts";

for (const key of [
  ...["password", "dbPassword", "DB_PASSWORD", "MYSQL_PWD", "DBPASS", "secret", "clientSecret", "token"],
  ...[
    "apiKey",
    "API_KEY",
    "APIKEY",
    "aws-access-key",
    "privateKey",
    "tls.key",
    "credentials",
    "creds",
    "dsn",
  ],
  ...["SENTRY_DSN", "Authorization", "jwt", "connectionString", "--password", "slack.webhook", "key", "salt"],
]) {
  test(`${key} names a secret`, () => {
    assert.equal(looksSecret(key), true);
  });
}

for (const key of [
  ...["image", "tag", "replicas", "secretName", "existingSecret", "passwordFile", "tokenTTL", "publicKey"],
  ...["checksum/secret", "topologyKey", "host", "url", "name", "value", "author", "tokenType"],
]) {
  test(`${key} names none`, () => {
    assert.equal(looksSecret(key), false);
  });
}

const values = (of: JsonObject): JsonObject => maskedValues(of, new Masks());

test("equal secrets look equal, different ones different, and empty ones are none", () => {
  assert.deepEqual(
    values({ password: "a", token: "b", again: { secret: "a" }, pin: { pass: 1234 }, key: "" }),
    {
      password: "‹masked #1›",
      token: "‹masked #2›",
      again: { secret: "‹masked #1›" },
      pin: { pass: "‹masked #3›" },
      key: "",
    },
  );
});

test("everything below a telling key is secret but switches", () => {
  assert.deepEqual(values({ credentials: { user: "u", list: ["a"], enabled: true, none: null } }), {
    credentials: { user: "‹masked #1›", list: ["‹masked #2›"], enabled: true, none: null },
  });
});

test("names of Secrets stay, and so do checksums", () => {
  const plain = {
    existingSecret: "db",
    secretKeyRef: { name: "db", key: "password" },
    imagePullSecrets: [{ name: "registry" }],
    podAnnotations: { "checksum/secret": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" },
  };
  assert.deepEqual(values(plain), plain);
});

for (const [what, text, clean] of [
  ["a password in an address", "redis://:pw@cache:6379/0", "redis://‹masked #1›@cache:6379/0"],
  [
    "a file within a value",
    "user: app\npassword: correct horse battery\nport: 1",
    "user: app\npassword: ‹masked #1›\nport: 1",
  ],
  [
    "a block below a telling key",
    "secrets:\n  db: one\n  x: two\nother: 1",
    "secrets:\n  ‹masked #1›\n  ‹masked #2›\nother: 1",
  ],
  ["JSON in a line", '{"user":"u","password":"p w"}', '{"user":"u","password":‹masked #1›}'],
  ["a key in PEM", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n", "‹masked #1›\n"],
  ["a JSON web token", "x eyJhbGciOi.eyJzdWIi.c2ln y", "x ‹masked #1› y"],
] as const) {
  test(`${what} is masked where it stands`, () => {
    assert.equal(new Masks().text(text), clean);
  });
}

test("a secret that is known already is masked wherever it stands", () => {
  const masks = new Masks();
  masks.of("Tr0ub4dor&3");
  assert.equal(masks.text("login app Tr0ub4dor&3 now"), "login app ‹masked #1› now");
});

test("an ordinary word that is also somebody's password does not mask the word everywhere", () => {
  const masks = new Masks();
  masks.of("postgres");
  assert.equal(masks.text("image: postgres:16"), "image: postgres:16");
});

test("a text that is too long to be looked through stands as one secret", () => {
  assert.equal(new Masks().text("plain ".repeat(20_000)), "‹masked #1›");
});

test("a Secret holds nothing but secrets, and its copy by kubectl is one", () => {
  const annotation = "kubectl.kubernetes.io/last-applied-configuration";
  assert.deepEqual(
    maskedObject(
      {
        apiVersion: "v1",
        kind: "Secret",
        type: "Opaque",
        metadata: { name: "db", annotations: { [annotation]: '{"data":{"a":"eA=="}}', owner: "ann" } },
        data: { host: "eA==" },
        stringData: { user: "app" },
      },
      new Masks(),
    ),
    {
      apiVersion: "v1",
      kind: "Secret",
      type: "Opaque",
      metadata: { name: "db", annotations: { [annotation]: "‹masked #1›", owner: "ann" } },
      data: { host: "‹masked #2›" },
      stringData: { user: "‹masked #3›" },
    },
  );
});

test("fields of Kubernetes that are called like secrets stay, what people write in them does not", () => {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "a", labels: { "token-type": "x" }, annotations: { "example.com/api-key": "k1" } },
    spec: {
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: "registry" }],
      tolerations: [{ key: "node", operator: "Exists" }],
      volumes: [{ name: "v", secret: { secretName: "tls" } }],
      containers: [
        {
          name: "app",
          args: ["--user", "u", "--password", "p1", "--db-password=p2"],
          env: [
            { name: "DB_PASSWORD", value: "p3" },
            { name: "DB_PASSWORD_2", valueFrom: { secretKeyRef: { name: "db", key: "pass" } } },
            { name: "URL", value: "https://u:p4@example.com" },
            { name: "PLAIN", value: "x" },
          ],
        },
      ],
    },
  };
  assert.deepEqual(maskedObject(pod, new Masks()), {
    ...pod,
    metadata: { ...pod.metadata, annotations: { "example.com/api-key": "‹masked #1›" } },
    spec: {
      ...pod.spec,
      containers: [
        {
          name: "app",
          args: ["--user", "u", "--password", "‹masked #2›", "--db-password=‹masked #3›"],
          env: [
            { name: "DB_PASSWORD", value: "‹masked #4›" },
            { name: "DB_PASSWORD_2", valueFrom: { secretKeyRef: { name: "db", key: "pass" } } },
            { name: "URL", value: "https://‹masked #5›@example.com" },
            { name: "PLAIN", value: "x" },
          ],
        },
      ],
    },
  });
});

test("a foreign kind's fields are taken by what they are called", () => {
  const object = {
    apiVersion: "acid.zalan.do/v1",
    kind: "postgresql",
    metadata: { name: "db" },
    spec: { superuserPassword: "x" },
  };
  assert.deepEqual(maskedObject(object, new Masks())["spec"], { superuserPassword: "‹masked #1›" });
});

test("no text makes the masks fail, and a masked text stays as it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
      const masks = new Masks();
      const once = masks.text(text);
      assert.equal(typeof masks.text(once), "string");
    }),
  );
});

test("a secret of a Secret never shows, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 8 }), (secret) => {
      const clean = maskedObject(
        { apiVersion: "v1", kind: "Secret", metadata: { name: "a" }, stringData: { x: secret } },
        new Masks(),
      );
      assert.deepEqual(clean["stringData"], { x: "‹masked #1›" });
    }),
  );
});
