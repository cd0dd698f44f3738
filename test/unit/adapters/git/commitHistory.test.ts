import assert from "node:assert/strict";
import { after, test } from "node:test";
import { commitHistoryAt } from "../../../../src/adapters/git/commitHistory.ts";
import { parseCommitHash, type CommitHash } from "../../../../src/domain/branch.ts";
import { aBranch, aCommit } from "../../../builders/deploy.ts";
import { aFolder, aRemote, aRepository, type TestRepository } from "../../../builders/gitRepository.ts";

const { signal } = new AbortController();
const made: { remove(): void }[] = [];
after(() => {
  for (const each of made) each.remove();
});

function keep<T extends { remove(): void }>(each: T): T {
  made.push(each);
  return each;
}

function commit(of: TestRepository, message: string, file = "a.txt"): CommitHash {
  of.write(file, message);
  return hashOf(of.commit(message));
}

function hashOf(text: string): CommitHash {
  const hash = parseCommitHash(text);
  assert.ok(hash.ok);
  return hash.value;
}

const secondsOf = (of: TestRepository, hash: string): number =>
  1000 * Number(of.git("show", "--no-patch", "--format=%ct", hash));

/** Two commits that begin with the same seven digits, found by counting. */
function twins(of: TestRepository): readonly CommitHash[] {
  const tree = of.git("hash-object", "-t", "tree", "-w", "/dev/null").trim();
  const person = "A <a@example.com> 1000000000 +0000";
  return ["twin 632", "twin 19012"].map((message) => {
    of.write("twin", `tree ${tree}\nauthor ${person}\ncommitter ${person}\n\n${message}\n`);
    return hashOf(of.git("hash-object", "-t", "commit", "-w", "twin").trim());
  });
}

test("digits are resolved to the one commit that begins with them, and to no tree or file", async () => {
  const here = keep(aRepository());
  const hash = commit(here, "one");
  here.git("tag", "--annotate", "--message", "v1", "v1");
  const history = commitHistoryAt(here.root);
  const of = (rev: string): string => here.git("rev-parse", rev).trim();
  const asked = [
    hash,
    hash.slice(0, 7),
    of("HEAD:a.txt").slice(0, 9),
    of("HEAD^{tree}"),
    of("v1"),
    "1234567",
  ];
  const found = await Promise.all(asked.map((digits) => history.resolve(digits, signal)));
  assert.deepEqual(found, [[hash], [hash], [], [], [], []]);
  const refused = await Promise.all(
    ["", "abc", "--all", "HEAD", "g".repeat(7)].map((x) => history.resolve(x, signal)),
  );
  assert.deepEqual(refused, [[], [], [], [], []]);
});

test("digits of two commits give two", async () => {
  const here = keep(aRepository());
  const both = twins(here);
  const history = commitHistoryAt(here.root);
  assert.deepEqual(await history.resolve("2320a5c", signal), [...both].sort());
  const [one = "", other = ""] = both.map((hash) => hash.slice(0, 10));
  const apart = await Promise.all([history.resolve(one, signal), history.resolve(other, signal)]);
  assert.deepEqual(apart.flat(), both);
});

test("facts of many commits come together; what the clone has not got is undefined", async () => {
  const here = keep(aRepository());
  const one = commit(here, "Add retries (#12)\n\nA body\nof two lines");
  here.git("config", "user.name", "Änne <b>x</b> \u001b[31m\u202e");
  const two = commit(here, "$(touch pwned) `id` %x00 \u001b[31m <script>");
  const absent = aCommit("cccccccc");
  const found = await commitHistoryAt(here.root).facts([two, absent, one, two], signal);
  assert.deepEqual(
    [...found],
    [
      [
        two,
        {
          commit: two,
          subject: "$(touch pwned) `id` %x00 \u001b[31m <script>",
          author: here.git("show", "--no-patch", "--format=%an", two).trimEnd(),
          committedAt: secondsOf(here, two),
        },
      ],
      [absent, undefined],
      [
        one,
        {
          commit: one,
          subject: "Add retries (#12)",
          author: "Ann Lee",
          committedAt: secondsOf(here, one),
          pullRequest: 12,
        },
      ],
    ],
  );
  const none = await commitHistoryAt(here.root).facts([absent], signal);
  assert.deepEqual([...none], [[absent, undefined]]);
  assert.deepEqual([...(await commitHistoryAt(here.root).facts([], signal))], []);
});

test("a subject, a tree and what the person configured do not change what is read", async () => {
  const here = keep(aRepository());
  const one = commit(here, "é");
  for (const [name, value] of [
    ["log.showSignature", "true"],
    ["log.decorate", "full"],
    ["format.pretty", "fuller"],
    ["color.ui", "always"],
    ["i18n.logOutputEncoding", "ISO-8859-1"],
    ["log.date", "relative"],
  ] as const) {
    here.git("config", name, value);
  }
  const found = await commitHistoryAt(here.root).facts([one], signal);
  assert.equal(found.get(one)?.subject, "é");
});

test("what a folder without a repository is asked for is nothing", async () => {
  const folder = keep(aFolder());
  const history = commitHistoryAt(folder.path);
  const one = aCommit();
  assert.deepEqual(await history.resolve("1234567", signal), []);
  assert.deepEqual([...(await history.facts([one], signal))], [[one, undefined]]);
  assert.equal(await history.links(signal), undefined);
  assert.equal(
    await history.between({ commit: one, without: one, migrations: [], atMost: 9 }, signal),
    undefined,
  );
  assert.deepEqual(await history.fetch("1234567", aBranch("master"), signal), {
    ok: false,
    error: { reason: "git-failed", detail: "git-failed" },
  });
});

test("commits between two come newest first, with their migrations, also from branches that were merged", async () => {
  const here = keep(aRepository());
  const first = commit(here, "first");
  const migration = commit(here, "Add a column", "services/web/migrations/0001 ä.sql");
  here.git("checkout", "--quiet", "-b", "side", first);
  const side = commit(here, "On the side", "migrations/1.sql");
  here.git("mv", "migrations/1.sql", "migrations/2.sql");
  const renamed = hashOf(here.commit("Rename"));
  here.git("checkout", "--quiet", "master");
  here.git("merge", "--quiet", "--no-ff", "--message", "Merge pull request #7 from acme/side", "side");
  const merge = hashOf(here.git("rev-parse", "HEAD").trim());
  const last = commit(here, "last", "notmigrations.sql");
  const range = {
    commit: last,
    without: first,
    migrations: ["./**/migrations/**", "/x", "../y", ":(exclude)x"],
    atMost: 50,
  };
  const history = commitHistoryAt(here.root);
  const found = await history.between(range, signal);
  assert.deepEqual(
    new Map(found?.map((one) => [one.commit, one.migrations])),
    new Map([
      [last, []],
      [merge, []],
      [renamed, ["migrations/1.sql", "migrations/2.sql"]],
      [side, ["migrations/1.sql"]],
      [migration, ["services/web/migrations/0001 ä.sql"]],
    ]),
  );
  assert.deepEqual([found?.[0]?.commit, found?.[1]?.pullRequest], [last, 7]);
  const two = await history.between({ ...range, atMost: 2 }, signal);
  assert.deepEqual(
    two?.map((one) => one.commit),
    [last, merge],
  );
  assert.deepEqual(await history.between({ ...range, commit: first, without: last }, signal), []);
  assert.equal(await history.between({ ...range, without: aCommit("cccccccc") }, signal), undefined);
});

/** A remote with three commits, and a clone of its first. */
function behind(): { here: TestRepository; remote: TestRepository; commits: readonly CommitHash[] } {
  const there = keep(aRepository());
  const remote = keep(aRemote(there));
  const first = commit(there, "first");
  there.git("push", "--quiet", "origin", "master");
  const here = keep(aRepository());
  here.git("remote", "add", "origin", `${remote.root}/.git`);
  here.git("fetch", "--quiet", "origin");
  here.git("reset", "--quiet", "--hard", "origin/master");
  const second = commit(there, "second");
  there.git("checkout", "--quiet", "-b", "task/x");
  const third = commit(there, "third");
  there.git("push", "--quiet", "origin", "master", "task/x");
  return { here, remote, commits: [first, second, third] };
}

test("a commit that the clone has not got is fetched by its hash, or with the branches of the remote", async () => {
  for (const length of [40, 8]) {
    const { here, commits } = behind();
    const wanted = commits[2]?.slice(0, length) ?? "";
    const before = here.git("status", "--porcelain", "--branch").split("\n")[0]?.split("...")[0];
    const history = commitHistoryAt(here.root);
    assert.deepEqual(await history.resolve(wanted, signal), []);
    assert.deepEqual(await history.fetch(wanted, aBranch("master"), signal), { ok: true, value: true });
    assert.deepEqual(await history.resolve(wanted, signal), [commits[2]]);
    assert.equal(here.git("status", "--porcelain", "--branch").split("\n")[0]?.split("...")[0], before);
    assert.equal(here.git("rev-parse", "HEAD").trim(), commits[0]);
  }
});

test("where the server gives no commit by its hash, its branches bring it", async () => {
  const { here, remote, commits } = behind();
  // The older protocol gives only what branches point at.
  here.git("config", "protocol.version", "0");
  remote.git("config", "uploadpack.allowAnySHA1InWant", "false");
  const wanted = commits[1] ?? aCommit();
  const history = commitHistoryAt(here.root);
  assert.deepEqual(await history.fetch(wanted, aBranch("master"), signal), { ok: true, value: true });
});

test("a commit that the remote has not got either is told, and so is a remote that does not answer", async () => {
  const { here, remote } = behind();
  const history = commitHistoryAt(here.root);
  const absent = aCommit("cccccccc");
  assert.deepEqual(await history.fetch(absent, aBranch("master"), signal), { ok: true, value: false });
  remote.remove();
  const gone = await history.fetch(absent, aBranch("master"), signal);
  assert.ok(!gone.ok);
  assert.equal(gone.error.reason, "remote-unreachable");
});

test("a shallow clone does not count what it cannot see, and is completed by a fetch", async () => {
  const { remote, commits } = behind();
  const here = keep(aRepository());
  here.git("remote", "add", "origin", `file://${remote.root}/.git`);
  here.git("fetch", "--quiet", "--depth=1", "origin");
  const [first = aCommit(), second = aCommit(), third = aCommit()] = commits;
  const history = commitHistoryAt(here.root);
  const range = { commit: third, without: second, migrations: [], atMost: 9 };
  const [seen] = [await history.between(range, signal)];
  assert.equal(seen, undefined);
  assert.deepEqual(await history.resolve(first.slice(0, 8), signal), []);
  assert.deepEqual(await history.fetch(first.slice(0, 8), aBranch("master"), signal), {
    ok: true,
    value: true,
  });
  assert.deepEqual(
    (await history.between(range, signal))?.map((one) => one.commit),
    [third],
  );
});

test("links come from the address of the shared remote", async () => {
  const here = keep(aRepository());
  const history = commitHistoryAt(here.root);
  assert.equal(await history.links(signal), undefined);
  here.git("remote", "add", "origin", "git@github.com:acme/app.git");
  assert.deepEqual(await history.links(signal), { host: "github", web: "https://github.com/acme/app" });
  here.git("config", "url.https://user:secret@gitlab.example.com/.insteadOf", "git@github.com:");
  assert.deepEqual(await history.links(signal), {
    host: "gitlab",
    web: "https://gitlab.example.com/acme/app",
  });
});
