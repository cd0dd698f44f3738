import { byHand } from "../../app/rollbackOrder.ts";
import { commandLine } from "../../domain/plainText.ts";
import type { SideView } from "../../protocol/panel.ts";
import * as say from "../messages/removal.ts";
import { copy, typeName, typePlaceholder } from "../messages/rollbackReview.ts";
import { showLog } from "../messages/rollbackRun.ts";
import type { Deeds } from "./deeds.ts";
import type { PanelModel, RemovalState } from "./model.ts";

/** What the confirmation of a removal names. */
export const removalOf = ({ stuck }: Pick<RemovalState, "stuck">): string => `remove/${stuck.revision}`;

/** The command as one could run it by hand. */
export function uninstallCommand({
  subject: { release },
  entries,
}: Pick<PanelModel["snapshot"], "subject" | "entries">): string {
  const { context, namespace } = release;
  const command = [
    ...["helm", "uninstall", release.release],
    ...[`--namespace=${namespace}`, `--kube-context=${context}`],
  ];
  return commandLine(byHand(command, entries[0]?.label.driver));
}

/** Removing a release whose first installation was never finished: asked, under way, done. */
export function removalView(
  { snapshot, now }: Pick<PanelModel, "snapshot" | "now">,
  side: RemovalState,
  deeds: Deeds,
): SideView {
  const { release } = snapshot.subject.release;
  const base = { key: `${side.step} ${removalOf(side)}`, sections: [], actions: [] };
  switch (side.step) {
    case "running":
      return {
        ...base,
        kind: "running",
        mark: "run",
        heading: say.removing(release),
        intro: say.removingIntro(),
      };
    case "removed":
      return {
        ...base,
        kind: "notice",
        mark: "ok",
        heading: say.removed(release),
        intro: say.removedIntro(),
      };
    case "asked": {
      const { outcome } = side;
      const command = uninstallCommand(snapshot);
      return {
        ...base,
        kind: "review",
        key: `${base.key} ${outcome?.kind ?? ""}`,
        heading: say.heading(release),
        intro: say.intro(side.stuck.revision),
        ...(outcome === undefined
          ? {}
          : {
              alert: { look: "warning", text: [say.notRemovedWords(outcome, release, now)], actions: [] },
            }),
        sections: [
          {
            heading: say.keepsHeading(),
            lines: say.keeps().map((text) => ({ mark: "info", text: [text] }) as const),
          },
        ],
        confirm: {
          review: removalOf(side),
          button: { id: "confirm", label: say.button(release), look: "primary" },
          typing: {
            label: typeName(release),
            placeholder: typePlaceholder(release),
            expected: release,
          },
          others: [deeds.action({ kind: "show-log" }, showLog())],
        },
        command: { text: command, copy: deeds.action({ kind: "copy", text: command }, copy(), "link") },
      };
    }
  }
}
