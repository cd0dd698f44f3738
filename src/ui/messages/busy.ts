import { l10n } from "vscode";
import type { Busy } from "../../app/deployOutcome.ts";
import { commandLine } from "../../domain/plainText.ts";
import { shown } from "./text.ts";
import { age } from "./time.ts";

/** Why helm is not started on a machine now, and what to do about it. */
export function busySentence(machine: string, busy: Busy): string {
  switch (busy.kind) {
    case "operation":
      return operationSentence(machine, busy);
    case "release":
      return releaseSentence(machine, busy);
    case "stuck":
      return stuckSentence(machine, busy);
  }
}

function operationSentence(machine: string, busy: Busy & { readonly kind: "operation" }): string {
  const facts = { who: shown(busy.by), machine: shown(machine), what: shown(busy.what) };
  return busy.isMine
    ? l10n.t(
        "You are at work on {machine} already, in another window or in its history ({what}). Two deploys never run on one machine; devdeploy again once that one is done.",
        facts,
      )
    : l10n.t("{who} is at work on {machine} ({what}). Devdeploy again once that is done.", facts);
}

function releaseSentence(machine: string, busy: Busy & { readonly kind: "release" }): string {
  const facts = { machine: shown(machine), revision: busy.revision, status: busy.status, age: age(busy.age) };
  return busy.by === undefined
    ? l10n.t(
        "helm is still at work on {machine}: revision {revision} is {status}, {age} old. Devdeploy again once it is done.",
        facts,
      )
    : l10n.t(
        "{who}'s helm is still at work on {machine}: revision {revision} is {status}, {age} old. Devdeploy again once it is done.",
        { ...facts, who: shown(busy.by) },
      );
}

function stuckSentence(machine: string, busy: Busy & { readonly kind: "stuck" }): string {
  const facts = {
    machine: shown(machine),
    revision: busy.revision,
    status: busy.status,
    age: age(busy.age),
    command: shown(commandLine(clearingCommand(busy))),
  };
  if (busy.lastGood === undefined && busy.status !== "pending-install") {
    return l10n.t(
      "helm was killed at work on {machine}: revision {revision} has been {status} for {age}, longer than it may take, and helm does nothing more until that is cleared. No revision before it is known to have run, so what to keep of it only a person can say. Look at all of them: {command}",
      facts,
    );
  }
  return busy.lastGood === undefined
    ? l10n.t(
        "helm was killed while it installed {machine}: revision {revision} has been {status} for {age}, longer than it may take, and helm does nothing more until that is cleared. No revision ever ran there, so remove it: {command} Then devdeploy again.",
        facts,
      )
    : l10n.t(
        "helm was killed at work on {machine}: revision {revision} has been {status} for {age}, longer than it may take, and helm does nothing more until that is cleared. Go back to the last revision that ran: {command} Then devdeploy again.",
        facts,
      );
}

function clearingCommand({
  release: { context, namespace, release },
  status,
  lastGood,
}: Busy & { readonly kind: "stuck" }): readonly string[] {
  const where = [`--kube-context=${context}`, `--namespace=${namespace}`];
  if (lastGood !== undefined) return ["helm", "rollback", release, String(lastGood), ...where];
  return ["helm", status === "pending-install" ? "uninstall" : "history", release, ...where];
}
