import type { CommitHash } from "./branch.ts";
import type { EpochMs } from "./time.ts";

/** Where a revision says which commit it is of; the first of these that says anything wins. */
export type CommitSource =
  /** The tag of an image in the revision's own manifest. */
  | "image"
  /** What Devdeploy recorded on this very revision. */
  | "mark"
  /** `appVersion` or an annotation of the chart. */
  | "chart"
  /** A label of the record, which later upgrades inherit. */
  | "label";

/** A text in a revision that may name a commit: a whole hash, or at least seven digits of one. */
export interface CommitClue {
  readonly text: string;
  readonly source: CommitSource;
  /** Where it was found, as it stands there, e.g. `registry.example.com/app:master-4f1c0de`. */
  readonly evidence: string;
}

/** Which commit a revision is of, and how sure that is. A guess is called a guess and never chosen for anybody. */
export type CommitMatch =
  | {
      readonly kind: "exact";
      readonly commit: CommitHash;
      readonly source: CommitSource;
      readonly evidence: string;
      /** Whether the clone has it. A whole hash is exact without it. */
      readonly isInClone: boolean;
    }
  | {
      readonly kind: "ambiguous";
      readonly why:
        /** Its images name different commits. */
        | "several"
        /** More than one commit begins with these digits. */
        | "short-twice"
        /** Only what later upgrades inherit says it. */
        | "inherited"
        /** Digits that no commit of the clone begins with: they may be one that was not fetched, or none. */
        | "not-in-clone"
        /** Something else names it, but the image's tag can be moved to other images: `latest`, a branch's name. */
        | "mutable-tag";
      /** What it may be: whole hashes where they are known, else the digits as they stand. */
      readonly candidates: readonly string[];
      readonly source: CommitSource;
      readonly evidence: string;
    }
  | {
      readonly kind: "unknown";
      readonly why:
        /** Nothing in the record looks like a commit. */
        | "no-clue"
        /** An image's tag can be moved to other images: `latest`, a branch's name. */
        | "mutable-tag"
        /** An image by digest alone. */
        | "digest-only"
        /** No image at all. */
        | "no-image";
      /** The image that says nothing, where there is one. */
      readonly evidence?: string;
    };

/** Whether it is, or for all one knows may be, of this commit. */
export function mayBeOf(match: CommitMatch, commit: CommitHash): boolean {
  switch (match.kind) {
    case "exact":
      return match.commit === commit;
    case "ambiguous":
      return match.candidates.some((candidate) => commit.startsWith(candidate));
    case "unknown":
      return false;
  }
}

/** A commit as git tells it. Every text is somebody's input. */
export interface CommitFacts {
  readonly commit: CommitHash;
  readonly subject: string;
  readonly author: string;
  readonly committedAt: EpochMs;
  /** By the subject's `(#123)`, or what GitHub, GitLab and Bitbucket write on a merge. */
  readonly pullRequest?: number;
}

/** Where commits and pull requests of the repository can be looked at: by the remote's address, where it is one we know. */
export interface RepositoryLinks {
  /** e.g. `https://github.com/acme/app`. */
  readonly web: string;
  readonly host: "github" | "gitlab" | "bitbucket";
}

/** Where a commit can be looked at. */
export function commitUrl({ web, host }: RepositoryLinks, commit: CommitHash): string {
  switch (host) {
    case "github":
      return `${web}/commit/${commit}`;
    case "gitlab":
      return `${web}/-/commit/${commit}`;
    case "bitbucket":
      return `${web}/commits/${commit}`;
  }
}

/** Where a pull request, or what its host calls so, can be looked at. */
export function pullRequestUrl({ web, host }: RepositoryLinks, pullRequest: number): string {
  switch (host) {
    case "github":
      return `${web}/pull/${pullRequest}`;
    case "gitlab":
      return `${web}/-/merge_requests/${pullRequest}`;
    case "bitbucket":
      return `${web}/pull-requests/${pullRequest}`;
  }
}
