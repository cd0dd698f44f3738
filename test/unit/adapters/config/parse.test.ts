import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../../../../src/adapters/config/parse.ts";
import { fixture, lines, problemsOf, productText, smallText, withChange } from "./configTexts.ts";

const release = ["pools", "dev", "deploy", "helm", "release"];
const web = ["environments", "web"];
const helm = { context: "prod", namespace: "shop", release: "web", chart: "./charts/app" };
const aWeb = (more: object): string => withChange(web, { tier: "production", ...more });

test("the example of the documentation becomes the team's configuration", () => {
  const parsed = parseConfig(productText);
  assert.deepEqual(parsed, {
    kind: "valid",
    config: JSON.parse(fixture("product.expected.json")) as unknown,
  });
});

test("what is left out gets its default", () => {
  const locks = { context: "staging", namespace: "devdeploy" };
  const machine = (name: string): object => ({
    name,
    pool: "dev",
    locks,
    target: {
      name,
      driver: {
        kind: "helm",
        context: "staging",
        namespace: "dev",
        release: "${machine}",
        chart: "charts/app",
        values: {},
        timeoutMinutes: 5,
        historyMax: 10,
      },
    },
  });
  assert.deepEqual(parseConfig(smallText), {
    kind: "valid",
    config: {
      version: 1,
      defaultBranch: "main",
      locks,
      environments: [],
      pools: [
        {
          name: "dev",
          lockHours: 12,
          extendHours: [24, 36, 48],
          machines: [machine("dev1"), machine("dev2")],
        },
      ],
      services: [],
      ask: { minutes: 5, approvals: 1 },
      monitoring: { minutes: 15 },
      migrations: ["**/migrations/**", "**/migrate/**"],
    },
  });
});

test("all mistakes are told at once, each with its place and what to write instead", () => {
  const text = fixture("mistakes.jsonc");
  const parsed = parseConfig(text);
  assert.ok(parsed.kind === "invalid");
  assert.equal(`${lines(text, parsed.problems).join("\n")}\n`, fixture("mistakes.golden.txt"));
});

test("a byte order mark is no mistake and moves no place", () => {
  assert.deepEqual(parseConfig(`\ufeff${smallText}`), parseConfig(smallText));
  const text = withChange(["version"], 2);
  assert.deepEqual(problemsOf(`\ufeff${text}`), problemsOf(text));
});

test("lines may end as on Windows", () => {
  assert.deepEqual(parseConfig(smallText.replaceAll("\n", "\r\n")), parseConfig(smallText));
});

const EMPTY =
  'the file is empty: begin with `{ "version": 1, "defaultBranch": "main", "locks": { "context": "…" } }`';

for (const [what, text] of [
  ["nothing", ""],
  ["white space", " \n\t\n"],
  ["a comment", "// soon\n"],
  ["a byte order mark", "\ufeff"],
] as const) {
  test(`a file of ${what} is told to be empty`, () => {
    assert.deepEqual(problemsOf(text), [["", EMPTY]]);
  });
}

for (const [text, underlined, message] of [
  ["hello", "hello", "this is not JSON: remove it or put it in double quotes"],
  ["{ 'version': 1 }", "'version'", 'texts and keys stand in double quotes: write `"`'],
  ['{ "version" 1 }', "1", "a `:` is expected between key and value"],
  ['{ "version": 1 } }', "}", "nothing may follow the closing `}`: remove this"],
  ["[]", "[]", "devdeploy.json must be one object in `{ }`, and is a list"],
  ['"web"', '"web"', 'devdeploy.json must be one object in `{ }`, and is the text "web"'],
  ["null", "null", "devdeploy.json must be one object in `{ }`, and is null"],
] as const) {
  test(`${text} is no configuration`, () => {
    assert.deepEqual(problemsOf(text)[0], [underlined, message]);
  });
}

test("a text that nests without end is refused, not followed", () => {
  const deep = `{"a":${"[".repeat(100_000)}`;
  assert.deepEqual(problemsOf(deep), [["", "it nests deeper than 64 levels: flatten it"]]);
});

test("thousands of mistakes are cut to what can be shown", () => {
  const keys = Array.from({ length: 5000 }, (_, index) => `"k${index}": 1`);
  assert.equal(problemsOf(`{ ${keys.join(", ")} }`).length, 200);
});

test("a misspelt key is one mistake, although the right one is missing", () => {
  assert.deepEqual(problemsOf(smallText.replace('"locks"', '"lock"')), [
    ['"lock"', "unknown key `lock`: did you mean `locks`?"],
  ]);
});

test("a key like no other is answered with those that there are", () => {
  assert.deepEqual(problemsOf(withChange(["locks", "colour"], 1)), [
    ['"colour"', "unknown key `colour`: here may stand `context`, `namespace`"],
  ]);
});

test("an unknown template is underlined inside its text, past escapes and wide characters", () => {
  const values = String.raw`"values": { "a": "\u00e9😀\n\"${"${comit}"}" }, "chart"`;
  assert.deepEqual(problemsOf(smallText.replace('"chart"', () => values)), [
    ["${comit}", "unknown template `${comit}`: did you mean `${commit}`?"],
  ]);
});

test("a template that has no meaning in its place is refused", () => {
  assert.deepEqual(problemsOf(aWeb({ deploy: { helm: { ...helm, release: "web-${machine}" } } })), [
    ["${machine}", "`${machine}` is not known here: only the machines of a pool have it"],
  ]);
  assert.deepEqual(problemsOf(withChange(["defaultBranch"], "x-${branch}")), [
    ["${branch}", "`${branch}` is not known here: nothing is filled in here, write the text itself"],
  ]);
  assert.deepEqual(problemsOf(withChange(["locks", "namespace"], "${branch}")), [
    ["${branch}", "`${branch}` is not known here: nothing is filled in here, write the text itself"],
  ]);
});

test("exactly one driver", () => {
  const slack = { channel: "#eng", command: "deploy web" };
  assert.deepEqual(problemsOf(aWeb({ deploy: {} })), [
    ['"deploy"', "`deploy` has no driver: write one of `helm`, `kubernetes`, `http`, `slack`"],
  ]);
  assert.deepEqual(problemsOf(aWeb({ deploy: { helm, slack } })), [
    ['"slack"', "there is `helm` already: exactly one driver, so remove one of them"],
  ]);
  assert.equal(parseConfig(aWeb({ deploy: { slack } })).kind, "valid");
});

for (const [name, better] of [
  ["Dev_1", ": write `dev-1`"],
  ["-dev", ": write `dev`"],
  ["", ""],
  ["d".repeat(64), `: write \`${"d".repeat(63)}\``],
  ["größe", ": write `gro-e`"],
  ["dev.1", ": write `dev-1`"],
] as const) {
  test(`"${name}" names no machine`, () => {
    const shown = name.length > 60 ? `${name.slice(0, 59)}…` : name;
    assert.deepEqual(problemsOf(withChange(["pools", "dev", "machines", name], {})), [
      [
        JSON.stringify(name),
        `the name \`${shown}\` must be lower-case letters, digits and dashes, at most 63${better}`,
      ],
    ]);
  });
}

test("no two of environments, pools and machines share a name, since each names a Lease", () => {
  const staging = { tier: "staging", deploy: { helm } };
  const machines = { machines: { dev2: { deploy: { helm: { ...helm, release: "other" } } } } };
  const text = withChange(["pools", "beta"], machines, withChange(["environments", "dev"], staging));
  assert.deepEqual(problemsOf(text), [
    ['"dev"', "the name `dev` is taken by environments.dev: both would be one Lease, so choose another"],
    [
      '"dev2"',
      "the name `dev2` is taken by pools.dev.machines.dev2: both would be one Lease, so choose another",
    ],
  ]);
});

test("a name that ends as operation Leases do is refused", () => {
  assert.deepEqual(problemsOf(withChange(["pools", "dev", "machines", "dev1-operation"], {})), [
    [
      '"dev1-operation"',
      "the name `dev1-operation` must not end in `-operation`: that is the Lease in which a deploy to `dev1` is noted",
    ],
  ]);
});

test("machines that share their pool's deploy need releases of their own", () => {
  assert.deepEqual(problemsOf(withChange(release, "app")), [
    [
      '"dev2"',
      "`dev2` would overwrite pools.dev.machines.dev1: both deploy release `app` in `dev`; put `${machine}` into its name",
    ],
  ]);
});

test("a release's name may be as long as helm allows, and no longer", () => {
  assert.equal(parseConfig(withChange(release, `${"a".repeat(49)}\${machine}`)).kind, "valid");
  assert.deepEqual(problemsOf(withChange(release, `${"a".repeat(50)}\${machine}`)), [
    [
      `"${"a".repeat(50)}\${machine}"`,
      "a release's name has at most 53 characters, and this one would have at least 54",
    ],
  ]);
});

for (const chart of [
  "/srv/chart",
  "../chart",
  "charts/../../chart",
  "C:\\chart",
  "charts\\app",
  "oci://r/c",
  "-x",
  "a\n/../b",
]) {
  test(`${JSON.stringify(chart)} is no chart of the repository`, () => {
    const text = withChange(["pools", "dev", "deploy", "helm", "chart"], chart);
    const parsed = parseConfig(text);
    assert.deepEqual(parsed.kind === "invalid" && parsed.problems.map(({ path }) => path), [
      "pools.dev.deploy.helm.chart",
    ]);
  });
}

test("what extends a lock grows and never shortens it", () => {
  const hours = ["pools", "dev", "extendHours"];
  assert.deepEqual(problemsOf(withChange(hours, [12, 12, 6])), [
    ["12", "`extendHours` must grow: 12 stands after 12"],
    ["6", "`extendHours` must grow: 6 stands after 12"],
    ["6", "6 is less than `lockHours` (12): extending never shortens a lock"],
  ]);
});

test("a service's release is said once; saying the same again is tolerated", () => {
  const service = (inside: string): string =>
    withChange(["services", "publish"], {
      release: "publish-${branch}",
      deploy: { helm: { ...helm, release: inside } },
    });
  assert.equal(parseConfig(service("publish-${branch}")).kind, "valid");
  assert.deepEqual(problemsOf(service("publish")), [
    ['"publish"', 'the service\'s `release` says the text "publish-${branch}": remove this one'],
  ]);
});

test("a password in an address is refused without repeating it", () => {
  assert.deepEqual(
    problemsOf(aWeb({ deploy: { http: { url: "https://ann:hunter2@ci.example.com/x" } } })).map(
      ([, message]) => message,
    ),
    ["`url` must not hold a name or password: this file is committed"],
  );
});

test("a key that JavaScript would lose is refused", () => {
  const text = smallText.replace('"chart"', '"values": { "a": [{ "__proto__": 1 }] }, "chart"');
  assert.deepEqual(problemsOf(text), [['"__proto__"', "the key `__proto__` cannot be used: choose another"]]);
});
