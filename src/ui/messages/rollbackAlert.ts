import { l10n } from "vscode";
import type { Busy } from "../../app/deployOutcome.ts";
import type { DeployerError, ReleaseReadError } from "../../app/ports.ts";
import type { ClusterError } from "../../domain/cluster.ts";
import { clusterSentence, releaseReadSentence } from "./cluster.ts";
import { deployerSentence } from "./deployer.ts";
import { plain } from "./pieces.ts";
import { age } from "./time.ts";

/** Why a confirmed rollback was not begun. Nothing was changed by any of them. */
export type NotBegun =
  | { readonly kind: "stale"; readonly why: "newer" | "changed" | "target-gone"; readonly newest?: number }
  | { readonly kind: "busy"; readonly busy: Busy }
  | { readonly kind: "no-lease"; readonly error: ClusterError }
  | { readonly kind: "wrong-name" }
  | { readonly kind: "tool"; readonly error: DeployerError }
  | { readonly kind: "unread"; readonly error: ReleaseReadError }
  | { readonly kind: "cancelled" };

/** What happened, and what to do next. */
export function notBegunWords(what: NotBegun, release: string): string {
  switch (what.kind) {
    case "stale":
      return staleWords(what);
    case "busy":
      return busyWords(what.busy);
    case "no-lease":
      return l10n.t(
        "Nothing was changed: the operation Lease could not be had. {cause} It can be done without: make sure that nobody else is deploying, and type the name to go on; the proof sheet will say so.",
        { cause: clusterSentence(what.error) },
      );
    case "wrong-name":
      return l10n.t("Nothing was changed: what was typed is not {release}.", { release: plain(release) });
    case "tool":
      return l10n.t("Nothing was changed. {cause}", { cause: deployerSentence(what.error) });
    case "unread":
      return l10n.t("Nothing was changed: the history could not be read again. {cause}", {
        cause: releaseReadSentence(what.error),
      });
    case "cancelled":
      return l10n.t("Stopped before helm began. Nothing was changed.");
  }
}

function staleWords({ why, newest }: NotBegun & { readonly kind: "stale" }): string {
  switch (why) {
    case "newer":
      return newest === undefined
        ? l10n.t(
            "Somebody deployed since this was reviewed. Nothing was changed here; this is a fresh review.",
          )
        : l10n.t(
            "Somebody deployed since this was reviewed: {revision} is the newest now. Nothing was changed here; this is a fresh review.",
            { revision: newest },
          );
    case "changed":
      return l10n.t(
        "The release changed since this was reviewed. Nothing was changed here; this is a fresh review.",
      );
    case "target-gone":
      return l10n.t(
        "The revision is gone, since helm keeps only so many. Nothing was changed; choose another one.",
      );
  }
}

/** Why helm is not started now: somebody is at work, or was. */
export function busyWords(busy: Busy): string {
  switch (busy.kind) {
    case "operation":
      return busy.isMine
        ? l10n.t(
            "Nothing was changed: you are at work here in another window ({what}). Wait until that is done.",
            {
              what: plain(busy.what),
            },
          )
        : l10n.t("Nothing was changed: {who} is at work here ({what}). Wait until that is done.", {
            who: plain(busy.by),
            what: plain(busy.what),
          });
    case "release":
      return l10n.t(
        "Nothing was changed: helm is at work, revision {revision} is {status} ({age}). Wait until it is done.",
        { revision: busy.revision, status: busy.status, age: age(busy.age) },
      );
    case "stuck":
      return l10n.t(
        "Nothing was changed: revision {revision} is {status} ({age}) and nobody is at work at it. Recover from that first, at the top of this panel.",
        { revision: busy.revision, status: busy.status, age: age(busy.age) },
      );
  }
}
