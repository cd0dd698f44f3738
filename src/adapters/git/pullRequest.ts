/** Numbers as hosts give them; a longer one is somebody's joke. */
const NUMBER = String.raw`(?<number>[1-9]\d{0,8})`;

/** What hosts write when they merge: GitHub (squashed and not), Bitbucket. */
const SUBJECTS: readonly RegExp[] = [
  new RegExp(String.raw`^Merge pull request #${NUMBER} from `, "u"),
  new RegExp(String.raw`\((?:pull request )?#${NUMBER}\)$`, "u"),
];

/** GitLab names it at the end of the body, by the project's path. */
const GITLAB_BODY = new RegExp(String.raw`^See merge request \S*!${NUMBER}$`, "mu");

/**
 * The pull request that a commit came with, by what its host wrote. A number inside the subject is not taken: in
 * `Revert "Add retries (#12)"` it is another one's.
 */
export function pullRequestOf(subject: string, body: string): number | undefined {
  const found =
    SUBJECTS.map((pattern) => pattern.exec(subject)).find((match) => match !== null) ??
    GITLAB_BODY.exec(body);
  const number = found?.groups?.["number"];
  return number === undefined ? undefined : Number(number);
}
