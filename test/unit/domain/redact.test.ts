import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { redacted } from "../../../src/domain/redact.ts";

const commit = "4f1c0de5a1b2c3d4e5f60718293a4b5c6d7e8f90";
const digest = `sha256:${"9b1e04d7".repeat(8)}`;

const TAKEN_OUT: readonly (readonly [string, string])[] = [
  ["connecting with user=app password=hunter2 to db", "connecting with user=app password=[redacted] to db"],
  ['{"user":"app","password":"hun\\"ter","port":5432}', '{"user":"app","password":[redacted],"port":5432}'],
  ['"{\\"token\\":\\"abc\\",\\"n\\":1}"', '"{\\"token\\":[redacted],\\"n\\":1}"'],
  ["DB_PASSWORD: correct horse battery staple", "DB_PASSWORD: [redacted]"],
  ["spring.datasource.password=x y", "spring.datasource.password=[redacted] y"],
  ["- name: API_KEY\n  value: abc", "- name: API_KEY\n  value: [redacted]"],
  ["web --db-password hunter2 --port 80", "web --db-password [redacted] --port 80"],
  ["postgres://app:p@ss/word@db:5432/shop", "postgres://[redacted]@db:5432/shop"],
  ["git clone https://ghp_abc@example.com/x", "git clone https://[redacted]@example.com/x"],
  ["Authorization: Basic YXBwOnB3", "Authorization: [redacted]"],
  ["curl -H 'authorization: Token a b'", "curl -H 'authorization: [redacted]'"],
  ["Cookie: session=abc; theme=dark", "Cookie: [redacted]"],
  ["got Bearer abc.def", "got [redacted]"],
  ["eyJhbGciOi.eyJzdWIi.c2ln", "[redacted]"],
  ["xoxb-12-ab and AKIAABCDEFGHIJKLMNOP", "[redacted] and [redacted]"],
  ["https://hooks.slack.com/services/T0/B0/x", "https://[redacted]"],
  ["-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nnext", "[redacted]\nnext"],
  ["-----BEGIN PRIVATE KEY-----\nMII and no end", "[redacted]"],
  [`session ${"0a1b2c3d".repeat(4)} began`, "session [redacted] began"],
  ["\u001b[31mpass\u001b[0mword=hunter2\u001b[0m", "password=[redacted]"],
  ["pass\u200bword=hunter2", "password=[redacted]"],
];
for (const [text, clean] of TAKEN_OUT) {
  test(`taken out: ${JSON.stringify(text).slice(0, 60)}`, () => {
    assert.equal(redacted(text), clean);
  });
}

const LEFT: readonly string[] = [
  `image registry:5000/app:${commit} at registry:5000/app@${digest}`,
  `containerd://${"9b1e04d7".repeat(8)}`,
  'MountVolume.SetUp failed for volume "tls-secret" : secret "db" not found',
  "couldn't find key password in Secret shop/db",
  'secrets is forbidden: User "eve" cannot list resource "secrets" in API group "" in the namespace "shop"',
  "at NestContainer2.load (/app/node_modules/@nestjs/core/injector/NestContainer2.js:12:3)",
  "pod=web-6d9f7c5b9d-x2lqp_shop(3f0c9a52-6f0e-4d0a-9d5c-7a1e9c0b2d11)",
  'Get "https://10.0.0.1:6443/api/v1/pods?limit=1": dial tcp 10.0.0.1:6443: i/o timeout',
  "Error: UPGRADE FAILED: context deadline exceeded\n\tsecond line",
];
for (const text of LEFT) {
  test(`left as it is: ${text.slice(0, 60)}`, () => {
    assert.equal(redacted(text), text);
  });
}

/** Letters that a rule could take for the end of a value are the business of the forms below. */
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const word = (marks: string, least = 6): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...Array.from(`${letters}${marks}`)), { minLength: least, maxLength: 40 })
    .map((characters) => `Zq7${characters.join("")}`);
const bytes = fc.uint8Array({ minLength: 32, maxLength: 96 });
const key = fc.constantFrom(
  ...["password", "PASSWORD", "db_password", "DB_PASS", "pwd", "secret", "client-secret", "clientSecret"],
  ...[
    "token",
    "authToken",
    "API_KEY",
    "apiKey",
    "aws_secret_access_key",
    "spring.redis.password",
    "passphrase",
  ],
);

/** How a secret is written, and the secret in it that must not come out. */
const written: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  fc.tuple(key, word("!#$%*+-./:?@^_~|=\\")).map(([name, secret]) => [`${name}=${secret}`, secret] as const),
  fc
    .tuple(key, word("!#$%*+-./:?@^_~|="))
    .map(([name, secret]) => [`"${name}" : "${secret}"`, secret] as const),
  fc
    .tuple(
      key,
      fc.string({ minLength: 8 }).map((text) => `Zq7${text}`),
    )
    .map(
      ([name, secret]) => [JSON.stringify({ [name]: secret }), JSON.stringify(secret).slice(1, -1)] as const,
    ),
  fc
    .tuple(key, word(" !#$%&*+,-./;?@^_~"))
    .map(([name, secret]) => [`\n${name}: ${secret}\n`, secret] as const),
  fc.tuple(key, word("!#$%*+-./?@^_~")).map(([name, secret]) => [`--${name} ${secret}`, secret] as const),
  fc
    .tuple(word("!$*+-._~"), word("!$*+-._~:@"))
    .map(([user, secret]) => [`https://${user}:${secret}@db.example.com/x`, secret] as const),
  word("-._~+/").map((secret) => [`Authorization: Bearer ${secret}`, secret] as const),
  word("-._~+/").map((secret) => [`x-api-key: ${secret}`, secret] as const),
  bytes.map((secret) => {
    const text = Buffer.from(secret).toString("base64");
    return [`-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----`, text] as const;
  }),
  bytes.map((secret) => {
    const text = Buffer.from(secret).toString("hex");
    return [`loaded ${text} from disk`, text] as const;
  }),
  fc.uint8Array({ minLength: 48, maxLength: 96 }).map((secret) => {
    const text = Buffer.from(secret).toString("base64");
    return [`loaded ${text} from disk`, text] as const;
  }),
  fc.tuple(bytes, bytes).map(([payload, signature]) => {
    const part = (some: Uint8Array): string => Buffer.from(some).toString("base64url");
    return [`as eyJhbGciOiJI.${part(payload)}.${part(signature)}`, part(signature)] as const;
  }),
);
const noise = fc.constantFrom(
  "starting",
  "GET /healthz 503",
  "\u001b[31m",
  "\u202e",
  "\t",
  "level=info",
  "{}",
  "…",
);

test("what goes in as a secret never comes out, whatever stands around it", () => {
  fc.assert(
    fc.property(fc.array(noise), written, fc.array(noise), (before, [text, secret], after) => {
      const clean = redacted([...before, text, ...after].join(" "));
      assert.ok(!clean.includes(secret), clean);
    }),
    { numRuns: 3000 },
  );
});

test("twice is as good as once, and no escape, control or turning character is left", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string({ unit: "binary" }),
          noise,
          written.map(([text]) => text),
        ),
      ),
      (pieces) => {
        const clean = redacted(pieces.join(" "));
        assert.equal(redacted(clean), clean);
        // eslint-disable-next-line no-control-regex -- control characters are exactly what must not be there
        assert.doesNotMatch(clean, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]/u);
      },
    ),
    { numRuns: 500 },
  );
});

test("a hostile log takes no long time", () => {
  const began = performance.now();
  for (const text of ['"', "\\", "password", "a.", "name: ", "://", "eyJ.", '\\"', "-----BEGIN A-----"]) {
    redacted(text.repeat(16_384 / text.length));
  }
  assert.ok(performance.now() - began < 2000);
});
