import type { RollbackReview, RollbackSubject } from "../../src/app/rollbackOutcome.ts";
import type { KeptRollback } from "../../src/app/rollbackPorts.ts";
import { aCommit, aHelmDriver, aRevision } from "./deploy.ts";

const RELEASE = { context: "production", namespace: "buffer", release: "web" } as const;

/** The production environment, with a release of the name `web`. */
export const aSubject = (subject: Partial<RollbackSubject> = {}): RollbackSubject => ({
  name: "production",
  target: "production",
  kind: "environment",
  tier: "production",
  release: RELEASE,
  driver: aHelmDriver({ context: RELEASE.context, namespace: RELEASE.namespace, release: RELEASE.release }),
  locks: { context: "staging", namespace: "devdeploy" },
  ...subject,
});

/** From revision 2 to revision 1, which makes revision 3. */
export const aKeptRollback = (order: Partial<KeptRollback> = {}): KeptRollback => ({
  kind: "rollback",
  subject: "production",
  release: RELEASE,
  from: { revision: 2, commit: aCommit("bad0bad") },
  to: { revision: 1, commit: aCommit(), version: { uid: "u1", resourceVersion: "1" } },
  revision: 3,
  timeoutMinutes: 5,
  historyMax: 10,
  ...order,
});

/** Of going from revision 2, deployed and bad, back to revision 1; both with one container of a Deployment `web`. */
export function aReview(review: Partial<RollbackReview> = {}): RollbackReview {
  const image = (commit: string): ReturnType<typeof aRevision>["images"] => [
    {
      workload: "Deployment/web",
      container: "app",
      image: `registry.example.com/app:${aCommit(commit)}`,
    },
  ];
  const toRevision =
    review.toRevision ??
    aRevision({
      revision: 1,
      status: "superseded",
      manifest: "one",
      images: image("4f1c0de"),
      version: { uid: "u1", resourceVersion: "1" },
    });
  const fromRevision =
    review.fromRevision ??
    aRevision({
      revision: 2,
      manifest: "two",
      images: image("bad0bad"),
      version: { uid: "u2", resourceVersion: "2" },
    });
  return {
    id: "review-1",
    subject: aSubject(),
    from: { revision: 2, commit: aCommit("bad0bad"), status: "deployed" },
    to: { revision: 1, commit: aCommit(), status: "superseded" },
    fromRevision,
    toRevision,
    seen: {
      newest: 2,
      status: fromRevision.status,
      version: fromRevision.version,
      target: toRevision.version,
    },
    commits: {
      kind: "known",
      undone: [
        {
          commit: aCommit("bad0bad"),
          subject: "Break it",
          author: "Ann Lee",
          committedAt: 0,
          migrations: [],
        },
      ],
      returning: [],
      isCut: false,
    },
    objects: [],
    values: [],
    risks: [],
    needsTypedName: true,
    ...review,
  };
}
