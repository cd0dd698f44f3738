import { l10n } from "vscode";
import type { Busy, CancelTruth, DeployOutcome, LockTruth } from "../../app/deployOutcome.ts";
import { shortCommit, type BranchName, type CommitHash } from "../../domain/branch.ts";
import type { LockState, MachineLock } from "../../domain/lock.ts";
import type { ProofLine } from "../../domain/proof.ts";
import type { EpochMs } from "../../domain/time.ts";
import { busySentence } from "./busy.ts";
import { diagnosisSentence } from "./diagnosis.ts";
import { failedRevision, failureNotice, recordSentence } from "./failure.ts";
import type { Button, Notice, RollBackTo } from "./notice.ts";
import { refusalNotice } from "./refusal.ts";
import { parts } from "./rows.ts";
import { detail, shown } from "./text.ts";
import { localAndUtc, timeLeft } from "./time.ts";
import { askedNotice, waitingNotice } from "./waiting.ts";

/** What was known when the devdeploy began, and the time by the API server. */
export interface Telling {
  readonly branch: BranchName | undefined;
  /** Where HEAD was; undefined for a branch that is not the one of HEAD. */
  readonly commit: CommitHash | undefined;
  readonly now: EpochMs;
  /** The history of the machine's release; without it no way back is offered. */
  readonly history?: RollBackTo;
}

const SHOW_LOG: Button = { kind: "show-log" };

/** The one notification at the end of a devdeploy. */
export function outcomeNotice(outcome: DeployOutcome, telling: Telling): Notice {
  switch (outcome.kind) {
    case "proven":
      return provenNotice(outcome, telling);
    case "refused":
      return withLock(refusalNotice(outcome.refusal), outcome.lock, telling.now);
    case "pool-full":
      return poolFullNotice(outcome, telling);
    case "machine-taken":
      return withLock(
        machineTakenNotice(outcome.machine, outcome.state, telling.now),
        outcome.lock,
        telling.now,
      );
    case "busy":
      return withLock(
        {
          severity: "warning",
          text: busySentence(outcome.machine, outcome.busy),
          buttons: [...wayOut(outcome.busy, telling), SHOW_LOG],
        },
        outcome.lock,
        telling.now,
      );
    case "failed":
      return withLock(
        failureNotice(outcome.failure, outcome.machine, wayBack(failedRevision(outcome.failure), telling)),
        outcome.lock,
        telling.now,
      );
    case "not-proven":
      return withLock(
        notProvenNotice(outcome, wayBack(outcome.revision, telling)),
        outcome.lock,
        telling.now,
      );
    case "nothing-runs":
      return withLock(
        {
          severity: "warning",
          text: l10n.t(
            "{commit} was deployed to {machine} as revision {revision}, but nothing runs: no pod is wanted. Check the replicas in the chart and its values.",
            {
              commit: shortCommit(outcome.commit),
              machine: shown(outcome.machine),
              revision: outcome.revision,
            },
          ),
          buttons: [SHOW_LOG],
        },
        outcome.lock,
        telling.now,
      );
    case "cancelled":
      return withLock(cancelledNotice(outcome.truth, outcome.machine), outcome.lock, telling.now);
  }
}

/** There is a way back from a revision that was made, unless it is the first. */
const wayBack = (revision: number | undefined, { history }: Telling): readonly Button[] =>
  revision === undefined || revision <= 1 || history === undefined ? [] : [{ kind: "roll-back", ...history }];

/** What a killed helm has left is cleared in the history, which leads there step by step. */
function wayOut(busy: Busy, { history }: Telling): readonly Button[] {
  if (busy.kind !== "stuck" || history === undefined) return [];
  return busy.lastGood === undefined
    ? [{ ...history, kind: "show-history" }]
    : [{ ...history, kind: "roll-back", chosen: busy.lastGood }];
}

// Only what cannot break out of the link's own syntax becomes a link.
const LINKABLE = /^https?:\/\/[^\s()[\]"'<>]+$/u;

function provenNotice(outcome: DeployOutcome & { readonly kind: "proven" }, telling: Telling): Notice {
  const { machine, url } = outcome;
  // HEAD may have moved between our look at it and the deploy's own: then the commit alone is sure.
  const isSure = telling.commit === undefined || telling.commit === outcome.commit;
  const branch = isSure ? telling.branch : undefined;
  const what = branch === undefined ? "" : `${shown(branch)} `;
  const facts = { what: `${what}${shortCommit(outcome.commit)}`, machine: shown(machine) };
  if (url === undefined) {
    const text = l10n.t("{what} runs on {machine}. It is proven: its pods are ready and steady.", facts);
    return {
      severity: "info",
      text: joined(text, lockSentence(outcome.lock, telling.now)),
      buttons: [SHOW_LOG],
    };
  }
  const link = LINKABLE.test(url) ? `[${url}](${url})` : shown(url);
  const until = outcome.lock.kind === "held" ? localAndUtc(outcome.lock.until, telling.now) : undefined;
  return {
    severity: "info",
    text: joined(
      until === undefined
        ? l10n.t("{what} runs on {machine}: {url}", { ...facts, url: link })
        : l10n.t("{what} runs on {machine}: {url} — yours until {until}.", { ...facts, url: link, until }),
      gotSentence(outcome.lock),
    ),
    buttons: [
      { kind: "open-url", url, machine },
      { kind: "copy-url", url },
    ],
  };
}

/** Whose the machine is after all this; empty where it is nobody's concern. */
export function lockSentence(lock: LockTruth, now: EpochMs): string {
  switch (lock.kind) {
    case "none":
      return "";
    case "held":
      return joined(
        gotSentence(lock),
        l10n.t("{machine} is locked to you until {until}.", {
          machine: shown(lock.machine),
          until: localAndUtc(lock.until, now),
        }),
      );
    case "unknown":
      return lock.machine === undefined
        ? l10n.t(
            "Whether a machine is locked to you is not known; the sidebar shows it once the cluster answers.",
          )
        : l10n.t(
            "Whether {machine} is locked to you is not known; the sidebar shows it once the cluster answers.",
            { machine: shown(lock.machine) },
          );
  }
}

/** How the machine was come by, where that is worth a word. */
function gotSentence(lock: LockTruth): string {
  if (lock.kind !== "held" || lock.got === undefined) return "";
  const { got } = lock;
  const machine = shown(lock.machine);
  switch (got.kind) {
    case "again":
      return l10n.t("You got {machine} again, which was yours before.", { machine });
    case "instead":
      return l10n.t("{who} has {former} by now, which was yours before, so you got {machine} instead.", {
        who: shown(got.by),
        former: shown(got.of),
        machine,
      });
    case "taken-over":
      return l10n.t("You took {machine} over from {who}, who is told.", { machine, who: shown(got.from) });
  }
}

const joined = (...sentences: readonly string[]): string => sentences.filter((one) => one !== "").join(" ");

function withLock(notice: Notice, lock: LockTruth, now: EpochMs): Notice {
  return { ...notice, text: joined(notice.text, lockSentence(lock, now)) };
}

/** What the person wanted when no machine was free has been done; here is what happens next. */
function poolFullNotice(
  { pool, locks, answer }: DeployOutcome & { readonly kind: "pool-full" },
  { branch, now }: Telling,
): Notice {
  switch (answer.kind) {
    case "asked":
      return askedNotice({ machine: answer.machine, holder: answer.holder, branch, pool });
    case "waiting":
      return waitingNotice(pool, answer.place);
    case "nothing":
      return {
        severity: "warning",
        text: poolFullSentence(pool, locks, now),
        buttons: [
          { kind: "wait", pool, ...(branch === undefined ? {} : { branch }) },
          { kind: "show-environments" },
        ],
      };
  }
}

/** Who insisted on a machine that is not to be had; where a lock is in the way, it can be ended. */
function machineTakenNotice(name: string, state: LockState, now: EpochMs): Notice {
  const machine = shown(name);
  const hasLock = state.kind === "held" || state.kind === "unreadable";
  const text =
    state.kind === "held"
      ? l10n.t(
          "{machine} is held by {who} ({facts}), so nothing was deployed. Devdeploy to any machine, or unlock this one first.",
          {
            machine,
            who: shown(state.hold.by.name),
            facts: parts(
              state.hold.branch === undefined ? undefined : shown(state.hold.branch),
              timeLeft(state.hold.until - now),
            ),
          },
        )
      : l10n.t("{taken}, so nothing was deployed. Devdeploy to any machine instead.", {
          taken: takenBy({ machine: name, state }, now),
        });
  return {
    severity: "warning",
    text,
    buttons: [{ kind: "devdeploy-any" }, ...(hasLock ? [{ kind: "unlock", machine: name } as const] : [])],
  };
}

function poolFullSentence(pool: string, locks: readonly MachineLock[], now: EpochMs): string {
  const end = ({ state }: MachineLock): EpochMs =>
    state.kind === "held" ? state.hold.until : state.kind === "kept" ? state.until : Infinity;
  const holders = [...locks].sort((a, b) => end(a) - end(b)).map((lock) => takenBy(lock, now));
  return l10n.t("No machine of {pool} is free: {holders}. Nothing was changed.", {
    pool: shown(pool),
    holders: holders.join("; "),
  });
}

function takenBy({ machine: name, state }: MachineLock, now: EpochMs): string {
  const machine = shown(name);
  switch (state.kind) {
    case "held":
      return l10n.t("{machine} {who} ({left})", {
        machine,
        who: shown(state.hold.by.name),
        left: timeLeft(state.hold.until - now),
      });
    case "kept":
      return l10n.t("{machine} is kept for {who}", { machine, who: shown(state.for.name) });
    case "unreadable":
      return l10n.t("{machine} has a lock that cannot be read", { machine });
    case "missing":
      return l10n.t("{machine} has no Lease (an admin must create it)", { machine });
    case "free":
    case "expired":
      return l10n.t("{machine} was taken meanwhile", { machine });
    case "unknown":
      return l10n.t("{machine} is unknown", { machine });
  }
}

function firstFailed(lines: readonly ProofLine[]): string {
  const line =
    lines.find(({ state }) => state === "failed") ?? lines.find(({ state }) => state === "waiting");
  if (line === undefined) return l10n.t("the proof is incomplete");
  return line.workload === undefined ? detail(line.facts) : `${shown(line.workload)}: ${detail(line.facts)}`;
}

function notProvenNotice(
  outcome: DeployOutcome & { readonly kind: "not-proven" },
  back: readonly Button[],
): Notice {
  const cause =
    outcome.diagnosis === undefined
      ? firstFailed(outcome.lines)
      : detail(diagnosisSentence(outcome.diagnosis));
  return {
    severity: "error",
    text: l10n.t(
      "{cause}. So {commit} is deployed to {machine} as revision {revision}, but not proven to run. {next}",
      {
        cause,
        commit: shortCommit(outcome.commit),
        machine: shown(outcome.machine),
        revision: outcome.revision,
        next:
          back.length === 0
            ? l10n.t("Look at the log, then devdeploy a commit that mends it.")
            : l10n.t("Roll back, or devdeploy a commit that mends it."),
      },
    ),
    buttons: [...back, SHOW_LOG],
  };
}

function cancelledNotice(truth: CancelTruth, machine: string | undefined): Notice {
  const where = shown(machine ?? l10n.t("the machine"));
  switch (truth.kind) {
    case "nothing-done":
      return { severity: "info", text: l10n.t("Cancelled. Nothing was changed."), buttons: [] };
    case "claimed-only":
      return {
        severity: "info",
        text: l10n.t("Cancelled before helm began."),
        buttons: machine === undefined ? [] : [{ kind: "unlock", machine }],
      };
    case "helm-stopped":
      return {
        severity: "warning",
        text: joined(
          l10n.t("Cancelled while helm was at work on {machine}.", { machine: where }),
          recordSentence(truth.record, machine),
        ),
        buttons: [SHOW_LOG, { kind: "devdeploy-again" }],
      };
    case "not-awaited":
      return {
        severity: "warning",
        text: l10n.t(
          "The proof was cancelled. helm had deployed revision {revision} to {machine}; whether it runs was not watched.",
          { revision: truth.revision, machine: where },
        ),
        buttons: [{ kind: "devdeploy-again" }, SHOW_LOG],
      };
  }
}
