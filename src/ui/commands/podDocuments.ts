import * as vscode from "vscode";
import { openDocument } from "../documents.ts";
import * as say from "../messages/documents.ts";
import { withoutIcons } from "../messages/text.ts";
import type { PodOfRow } from "../tree/treeNode.ts";
import type { CommandServices } from "./services.ts";

interface LogChoice extends vscode.QuickPickItem {
  readonly container: string;
  readonly previous: boolean;
}

/** Opens the log of the row's pod; where there are several, the person says which. */
export async function openPodLog(services: CommandServices, id?: string): Promise<void> {
  const pod = podOf(services, id);
  if (pod === undefined) return;
  const log = await pickLog(pod);
  if (log === undefined) return;
  const { container, previous } = log;
  return openDocument({ ...placeOf(pod), of: { kind: "log", pod: pod.name, container, previous } });
}

/** Opens the row's pod as YAML. */
export async function openPodYaml(services: CommandServices, id?: string): Promise<void> {
  const pod = podOf(services, id);
  if (pod === undefined) return;
  return openDocument({ ...placeOf(pod), of: { kind: "yaml", object: "Pod", name: pod.name } });
}

/** Opens the events of the row's pod. */
export async function openPodEvents(services: CommandServices, id?: string): Promise<void> {
  const pod = podOf(services, id);
  if (pod === undefined) return;
  return openDocument({ ...placeOf(pod), of: { kind: "events", object: "Pod", name: pod.name } });
}

const podOf = ({ tree }: CommandServices, id: string | undefined): PodOfRow | undefined =>
  id === undefined ? undefined : tree.subject(id)?.pod;

const placeOf = ({
  context,
  namespace,
}: PodOfRow): { readonly context: string; readonly namespace: string } => ({
  context,
  namespace,
});

/** Of a pod that has restarted the log of the run before stands first: it says why. */
async function pickLog({ name, containers, restarted }: PodOfRow): Promise<LogChoice | undefined> {
  const runs = restarted ? [true, false] : [false];
  const choices = containers.flatMap((container) =>
    runs.map((previous) => ({
      label: withoutIcons(container),
      ...(restarted ? { description: previous ? say.previousLog() : say.presentLog() } : {}),
      container,
      previous,
    })),
  );
  const [only] = choices;
  if (choices.length === 1) return only;
  return vscode.window.showQuickPick(choices, { title: name, placeHolder: say.whichLog() });
}
