import assert from "node:assert/strict";
import { test } from "node:test";
import { pullRequestOf } from "../../../../src/adapters/git/pullRequest.ts";
import { linksOfRemote } from "../../../../src/adapters/git/remoteLinks.ts";
import { commitUrl, pullRequestUrl } from "../../../../src/domain/commitMatch.ts";
import { aCommit } from "../../../builders/deploy.ts";

const addresses: readonly [address: string, web: string | undefined][] = [
  ["git@github.com:acme/app.git", "https://github.com/acme/app"],
  ["github.com:acme/app", "https://github.com/acme/app"],
  ["ssh://git@github.com/acme/app.git", "https://github.com/acme/app"],
  ["ssh://git@ssh.github.com:443/acme/app.git", "https://github.com/acme/app"],
  ["https://github.com/acme/app/", "https://github.com/acme/app"],
  ["https://ann:ghp_secret@github.com/acme/app.git\n", "https://github.com/acme/app"],
  ["https://x-access-token@GitHub.com/acme/app.git?token=1#x", "https://github.com/acme/app"],
  ["git@gitlab.com:acme/team/app.git", "https://gitlab.com/acme/team/app"],
  ["https://gitlab.example.com:8443/acme/app.git", "https://gitlab.example.com:8443/acme/app"],
  ["ssh://git@gitlab.example.com:2222/acme/app.git", "https://gitlab.example.com/acme/app"],
  ["git@altssh.bitbucket.org:acme/app.git", "https://bitbucket.org/acme/app"],
  ["git@github-of-work:acme/app.git", undefined],
  ["git@git.example.com:acme/app.git", undefined],
  ["https://github.com/acme", undefined],
  ["https://github.com/acme/app/../other", "https://github.com/acme/other"],
  ["https://github.com/acme/a%0Ab", undefined],
  ["https://github.com/acme/<b>", undefined],
  ["/srv/git/app.git", undefined],
  ["./a/b:c", undefined],
  ["C:\\git\\app", undefined],
  ["C:/git/app", undefined],
  ["file:///srv/github.com/acme/app", undefined],
  ["javascript:alert(1)//github.com/acme/app", undefined],
  ["", undefined],
];

for (const [address, web] of addresses) {
  test(`the pages of ${JSON.stringify(address)} are at ${web ?? "no place that we know"}`, () => {
    assert.equal(linksOfRemote(address)?.web, web);
  });
}

const subjects: readonly [subject: string, body: string, number: number | undefined][] = [
  ["Add retries (#123)", "", 123],
  ["Merge pull request #7 from acme/side", "Add retries", 7],
  ["Merged in task/x (pull request #45)", "", 45],
  ["Merge branch 'x' into 'main'", "Add retries\n\nSee merge request acme/team/app!12", 12],
  ['Revert "Add retries (#12)" (#34)', "", 34],
  ['Revert "Add retries (#12)"', "", undefined],
  ["Fix #12", "See merge request", undefined],
  ["Add (#0)", "", undefined],
  ["Add (#99999999999)", "", undefined],
];

for (const [subject, body, number] of subjects) {
  test(`the pull request of ${JSON.stringify(subject)} is ${number ?? "unknown"}`, () => {
    assert.equal(pullRequestOf(subject, body), number);
  });
}

test("each host has its own addresses", () => {
  const commit = aCommit();
  const web = "https://host/acme/app";
  assert.deepEqual(
    (["github", "gitlab", "bitbucket"] as const).map((host) => [
      commitUrl({ web, host }, commit),
      pullRequestUrl({ web, host }, 7),
    ]),
    [
      [`${web}/commit/${commit}`, `${web}/pull/7`],
      [`${web}/-/commit/${commit}`, `${web}/-/merge_requests/7`],
      [`${web}/commits/${commit}`, `${web}/pull-requests/7`],
    ],
  );
});
