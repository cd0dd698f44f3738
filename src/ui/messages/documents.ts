import { l10n } from "vscode";
import type { DocumentError, DocumentOf, SeenDocument, SeenEvent } from "../../app/rolloutPorts.ts";
import type { EpochMs } from "../../domain/time.ts";
import { clusterSentence } from "./cluster.ts";
import { detail, shown } from "./text.ts";
import { dateAndTimeSeconds } from "./time.ts";

/** An object, and where it is. */
export interface DocumentPlace {
  readonly context: string;
  readonly namespace: string;
}

/** The name of a document's file, whose ending tells VS Code its language. */
export function documentName(of: DocumentOf): string {
  switch (of.kind) {
    case "yaml":
      return `${objectFile(of)}.yaml`;
    case "events":
      return `${objectFile(of)}.events.log`;
    case "log":
      return `${of.pod}.${of.container}${of.previous ? ".previous" : ""}.log`;
  }
}

const objectFile = ({ object, name }: Exclude<DocumentOf, { readonly kind: "log" }>): string =>
  object === "Pod" ? name : `${object}.${name}`;

/** The whole text: first when it was read and what is left out, then the object itself. */
export function documentText(
  seen: SeenDocument,
  of: DocumentOf,
  { place, at }: { readonly place: DocumentPlace; readonly at: EpochMs },
): string {
  const head = [readAt(of, place, at), ...(seen.isCut ? [cutWords(seen)] : [])];
  return `${head.map((line) => `# ${line}`).join("\n")}\n\n${bodyOf(seen)}`;
}

const readAt = (of: DocumentOf, { context, namespace }: DocumentPlace, at: EpochMs): string =>
  l10n.t(
    "{what} in {namespace} ({context}), read at {time}. What looks like a secret is masked. To read it anew, open it again.",
    {
      what: whatIsRead(of),
      namespace: shown(namespace),
      context: shown(context),
      time: dateAndTimeSeconds(at),
    },
  );

function whatIsRead(of: DocumentOf): string {
  switch (of.kind) {
    case "yaml":
      return `${of.object}/${shown(of.name)}`;
    case "events":
      return l10n.t("Events of {object}", { object: `${of.object}/${shown(of.name)}` });
    case "log": {
      const words = { container: shown(of.container), pod: `Pod/${shown(of.pod)}` };
      return of.previous
        ? l10n.t("Log of container {container} of {pod} before its last restart", words)
        : l10n.t("Log of container {container} of {pod}", words);
    }
  }
}

function cutWords({ kind }: SeenDocument): string {
  switch (kind) {
    case "yaml":
      return l10n.t("The object is longer than what is shown here: its end is left out.");
    case "events":
      return l10n.t("There are more events: only some of them stand here.");
    case "log":
      return l10n.t(
        "These are its last lines, at most 1000 and 256 KiB of them: what it said before is left out.",
      );
  }
}

function bodyOf(seen: SeenDocument): string {
  switch (seen.kind) {
    case "yaml":
      return seen.text;
    case "events":
      return seen.events.length === 0
        ? `# ${l10n.t("No events. The cluster keeps them for about an hour.")}\n`
        : seen.events.map((event) => `${eventLine(event)}\n`).join("");
    case "log":
      return seen.text === "" ? `# ${l10n.t("It has written nothing.")}\n` : seen.text;
  }
}

/** Time, type, object, reason and words of an event; what kubectl shows in its columns. */
function eventLine({ at, about, reason, message, count, isWarning }: SeenEvent): string {
  const type = isWarning ? "Warning" : "Normal";
  const often = count > 1 ? ` (×${count})` : "";
  const time = at === undefined ? "-" : new Date(at).toISOString().replace(/\.\d+Z$/u, "Z");
  return `${time} ${type} ${about} ${reason}${often}: ${message}`;
}

/** Why there is no such document: what, of what, and what to do next. */
export function documentFailure(error: DocumentError, of: DocumentOf): string {
  const what = whatIsRead(of);
  switch (error.reason) {
    case "not-found":
      return l10n.t("{what} cannot be read, since it is gone: it was deleted, or replaced by a newer one.", {
        what,
      });
    case "no-log":
      return of.kind === "log" && of.previous
        ? l10n.t(
            "{what} is not there: {detail}. It may not have restarted, or the log is not kept any more. Open the present log instead.",
            { what, detail: detail(error.detail) },
          )
        : l10n.t("{what} is not there yet: {detail}. Its events tell what it waits for.", {
            what,
            detail: detail(error.detail),
          });
    default:
      return l10n.t("{what} cannot be read. {cause}", { what, cause: clusterSentence(error) });
  }
}

export const untrustedDocument = (): string =>
  l10n.t("Devdeploy reads no cluster before the workspace is trusted. Trust it, then open this again.");

export const documentWithoutFolder = (): string =>
  l10n.t(
    "No folder with a devdeploy.json is open, so no cluster can be read. Open one, then open this again.",
  );

export const unnamedDocument = (): string =>
  l10n.t("This document names no object that Devdeploy could read.");

export const whichLog = (): string => l10n.t("The log of which container?");
export const presentLog = (): string => l10n.t("now");
export const previousLog = (): string => l10n.t("before its last restart");
