import { workloadName, type Json } from "../domain/release.ts";
import { maskedObject, Masks } from "../domain/masking.ts";
import type { JsonObject } from "../domain/manifest.ts";
import type { DiffDocument } from "./diffDocuments.ts";
import type { Manifests } from "./rollbackPorts.ts";
import type { UndoReview } from "./undoOutcome.ts";

/** Both templates as YAML, what is there now on the left; every secret in them is masked. */
export function undoDocuments(
  { manifests }: { readonly manifests: Pick<Manifests, "write"> },
  { seen, toRevision }: Pick<UndoReview, "seen" | "toRevision">,
): readonly DiffDocument[] {
  const masks = new Masks();
  const masked = (template: Json): JsonObject =>
    maskedObject({ apiVersion: "apps/v1", kind: seen.kind, spec: { template } }, masks);
  const text = (template: Json): string => manifests.write(masked(template));
  // Twice: what is found to be a secret late is masked where it stood early, too.
  for (const template of [seen.template, toRevision.template]) masked(template);
  const label = workloadName(seen.kind, seen.name);
  return [{ label, left: text(seen.template), right: text(toRevision.template) }];
}
