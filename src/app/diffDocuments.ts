import { changedDocuments } from "../domain/changes.ts";
import { manifestEntries, type JsonObject } from "../domain/manifest.ts";
import type { Manifests } from "./rollbackPorts.ts";
import type { RollbackReview } from "./rollbackOutcome.ts";

/** One pair of texts for a diff editor. Every secret in them is masked. */
export interface DiffDocument {
  /** e.g. `Deployment/web`, `values.yaml`; unlike every other one's. Data of the cluster. */
  readonly label: string;
  /** Empty where it is not there before. */
  readonly left: string;
  /** Empty where it is not there afterwards. */
  readonly right: string;
}

/** What differs between the two ends of a review: the values, then the manifest object by object, as YAML. */
export async function diffDocuments(
  { manifests }: { readonly manifests: Manifests },
  review: Pick<RollbackReview, "fromRevision" | "toRevision" | "subject">,
): Promise<readonly DiffDocument[]> {
  const { namespace } = review.subject.release;
  const { fromRevision, toRevision } = review;
  const from = manifestEntries(await manifests.read(fromRevision.manifest), namespace);
  const to = manifestEntries(await manifests.read(toRevision.manifest), namespace);
  const text = (body: JsonObject | string | undefined): string =>
    typeof body === "object" ? manifests.write(body) : (body ?? "");
  const documents: DiffDocument[] = [];
  for (const document of changedDocuments(
    { values: fromRevision.values, entries: from },
    { values: toRevision.values, entries: to },
  )) {
    if (document !== undefined) {
      const { label, left, right } = document;
      documents.push({ label, left: text(left), right: text(right) });
    }
    await manifests.giveWay();
  }
  return documents;
}
