import type { Listen } from "../app/emitter.ts";
import type { Monitored, MonitorTrouble } from "../app/monitors.ts";
import type { Clock } from "../app/ports.ts";
import { isVague } from "../app/earlyDiagnosis.ts";
import { rollbackSubject } from "../app/rollbackSubjects.ts";
import { rolloutSubjectOf } from "../app/rolloutSubjects.ts";
import type { CommitMatch } from "../domain/commitMatch.ts";
import type { Diagnosis } from "../domain/diagnosis.ts";
import { SECOND_MS, type DurationMs } from "../domain/time.ts";
import { perform } from "./commands/deeds.ts";
import type { CommandServices } from "./commands/services.ts";
import { monitorNotice } from "./messages/monitoring.ts";
import type { Button } from "./messages/notice.ts";
import type { MonitorPlace } from "./monitoring.ts";
import { showNotice } from "./notices.ts";
import { aboutWorkload } from "./panel/rolloutAbout.ts";

/** A notification that comes late is worse than one without a name on its button. */
const LIMIT_MS: DurationMs = 10 * SECOND_MS;

/** Tells that what was deployed is in trouble, with the way back to what ran before. It never goes there itself. */
export async function tellTrouble(
  services: CommandServices,
  entry: Monitored,
  trouble: MonitorTrouble,
  at: MonitorPlace,
): Promise<void> {
  const { clock } = services;
  const limit = new AbortController();
  const timer = clock.after(LIMIT_MS, () => {
    limit.abort();
  });
  const { signal } = limit;
  const subject = rolloutSubjectOf(at.folder.team, trouble.workload);
  const [diagnosis, back] = await Promise.all([
    at.connection.rollouts.diagnose(subject, signal),
    wayBack(clock, entry, at, signal),
  ]);
  timer.dispose();
  const known = isVague(diagnosis) ? undefined : diagnosis;
  const button = await showNotice(
    monitorNotice({
      entry,
      trouble,
      diagnosis: known,
      buttons: [...back, logButton(trouble, known)],
      now: clock.now(),
    }),
  );
  if (button !== undefined) await perform(services, button, at.folder);
}

/** The log of the very container where that is known, of the run that ended; else Devdeploy's own. */
function logButton(
  { workload: { context, namespace }, troubles }: MonitorTrouble,
  diagnosis: Diagnosis | undefined,
): Button {
  const cause = diagnosis?.cause;
  if (cause === undefined || !("pod" in cause) || !("container" in cause)) return { kind: "show-log" };
  const { pod, container } = cause;
  const previous = troubles.some((one) => one.kind === "restarted" && one.pod === pod);
  return { kind: "open-log", request: { context, namespace, of: { kind: "log", pod, container, previous } } };
}

/** The way back that is recommended; none where there is nothing to go back to. */
async function wayBack(
  clock: Clock,
  entry: Monitored,
  at: MonitorPlace,
  signal: AbortSignal,
): Promise<readonly Button[]> {
  return entry.what.kind === "release"
    ? releaseBack(clock, entry, at, signal)
    : workloadBack(clock, { ...entry, what: entry.what }, at, signal);
}

async function releaseBack(
  clock: Clock,
  { folder, subject: name, target }: Monitored,
  at: MonitorPlace,
  signal: AbortSignal,
): Promise<readonly Button[]> {
  const { team } = at.folder;
  const subject = team === undefined ? undefined : rollbackSubject(team, { name, target });
  if (team === undefined || subject === undefined) return [];
  const history = at.connection.rollback.history(subject, team.defaultBranch);
  await untilKnown(clock, history, signal);
  const { recommendation, entries } = history.current;
  history.dispose();
  const about = { kind: "roll-back", folder, subject: name, target } as const;
  switch (recommendation.kind) {
    case "none":
      return [];
    case "reading":
      return [about];
    case "revision": {
      const record = entries.find(({ label }) => label.revision === recommendation.revision)?.record;
      const match = record?.kind === "read" ? record.match : undefined;
      return [{ ...about, chosen: recommendation.revision, ...commitOf(match) }];
    }
  }
}

async function workloadBack(
  clock: Clock,
  { folder, what }: Monitored & { readonly what: { readonly kind: "workload" } & Monitored["what"] },
  at: MonitorPlace,
  signal: AbortSignal,
): Promise<readonly Button[]> {
  const { team } = at.folder;
  if (team === undefined) return [];
  const subject = rolloutSubjectOf(team, what.workload);
  const history = at.connection.rollouts.history(subject, team.defaultBranch);
  await untilKnown(clock, history, signal);
  const { recommendation, entries } = history.current;
  history.dispose();
  // The panel chooses what it recommends by itself.
  const about = { kind: "roll-back", ...aboutWorkload(folder, what.workload) } as const;
  if (recommendation.kind === "none") return [];
  if (recommendation.kind === "reading") return [about];
  const entry = entries.find(({ revision }) => revision.object.uid === recommendation.uid);
  return [{ ...about, ...commitOf(entry?.match) }];
}

const commitOf = (match: CommitMatch | undefined): Pick<Button & { readonly kind: "roll-back" }, "commit"> =>
  match?.kind === "exact" ? { commit: match.commit } : {};

/** Waits until a history says what it recommends, or until the time is over. */
async function untilKnown(
  clock: Clock,
  history: {
    readonly current: { readonly recommendation: { readonly kind: string } };
    readonly onChange: Listen<void>;
  },
  signal: AbortSignal,
): Promise<void> {
  const isKnown = (): boolean => history.current.recommendation.kind !== "reading";
  const known = new AbortController();
  const listening = history.onChange(() => {
    if (isKnown()) known.abort();
  });
  if (!isKnown()) await clock.sleep(LIMIT_MS, AbortSignal.any([signal, known.signal]));
  listening.dispose();
}
