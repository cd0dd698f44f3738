import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gradeCommit } from "../../../src/domain/gradeCommit.ts";
import { commitOfRollout, rolloutClues, undoneRevisions } from "../../../src/domain/rolloutEntries.ts";
import { aCommit } from "../../builders/deploy.ts";
import { anAppImage, aRolloutRevision, aTemplate } from "../../builders/rollouts.ts";

describe("what somebody went back from", () => {
  const undone = (...revisions: readonly Parameters<typeof aRolloutRevision>[0][]): unknown => [
    ...undoneRevisions(revisions.map((revision) => aRolloutRevision(revision))),
  ];

  test("is what had come since the first number of one that was used again", () => {
    assert.deepEqual(undone({ revision: 4, was: [1] }, { revision: 3 }, { revision: 2 }), ["rs3", "rs2"]);
  });

  test("is not what came afterwards, nor what came before", () => {
    assert.deepEqual(undone({ revision: 5 }, { revision: 4, was: [2] }, { revision: 3 }, { revision: 1 }), [
      "rs3",
    ]);
  });

  test("is all that lay between where one was used again twice", () => {
    assert.deepEqual(undone({ revision: 5, was: [1, 3] }, { revision: 4 }, { revision: 2 }), ["rs4", "rs2"]);
  });

  test("is nothing where one went forward again", () => {
    assert.deepEqual(undone({ revision: 4, was: [2] }, { revision: 3, was: [1] }), []);
  });

  test("is told by a mark where the controller keeps no old numbers", () => {
    const mark = { undoneTo: 1, undoneFrom: 3 };
    assert.deepEqual(undone({ revision: 4, mark }, { revision: 3 }, { revision: 2 }), ["rs3", "rs2"]);
  });

  test("is what a mark names, even where its number is one that was used again", () => {
    const mark = { undoneTo: 7, undoneFrom: 8 };
    assert.deepEqual(undone({ revision: 9, was: [7], mark }, { revision: 8, was: [6] }, { revision: 5 }), [
      "rs8",
    ]);
  });

  test("is nothing where nobody went back, or where no numbers were given", () => {
    assert.deepEqual(undone({ revision: 2 }, { revision: 1 }), []);
    assert.deepEqual(undone({ revision: 0 }, { revision: 0 }), []);
  });
});

describe("the commit of a revision", () => {
  const graded = (revision: Parameters<typeof aRolloutRevision>[0], container?: string): unknown => {
    const match = gradeCommit(rolloutClues(aRolloutRevision(revision), container), new Map());
    return match.kind === "exact" ? [match.source, match.commit] : [match.kind, match.why];
  };

  test("is the one in its image's tag", () => {
    assert.deepEqual(graded({}), ["image", aCommit()]);
    assert.equal(commitOfRollout(aRolloutRevision()), aCommit());
  });

  test("is that of the container that the team named alone", () => {
    const image = (container: string, commit: string) => ({
      workload: "Deployment/web",
      container,
      image: anAppImage(commit),
    });
    const images = [image("app", "4f1c0de"), image("proxy", "bad0bad")];
    assert.deepEqual(graded({ images }), ["ambiguous", "several"]);
    assert.deepEqual(graded({ images }, "app"), ["image", aCommit()]);
  });

  test("is the one of its mark where its image names none", () => {
    const template = aTemplate("registry.example.com/app:1.2.3");
    assert.deepEqual(graded({ template, mark: { commit: aCommit() } }), ["mark", aCommit()]);
  });

  test("is never sure where the image's tag can be moved", () => {
    const template = aTemplate("registry.example.com/app:latest");
    assert.deepEqual(graded({ template }), ["unknown", "mutable-tag"]);
    assert.deepEqual(graded({ template, mark: { commit: aCommit() } }), ["ambiguous", "mutable-tag"]);
  });

  test("is only a guess where an annotation or a label of its template says it", () => {
    const template = aTemplate("registry.example.com/app:1.2.3");
    const annotations = { "example.com/git-sha": aCommit() };
    assert.deepEqual(graded({ template, annotations }), ["ambiguous", "inherited"]);
    const labelled = { metadata: { labels: { commit: aCommit() } }, spec: {} };
    assert.deepEqual(graded({ template: labelled, images: [] }), ["ambiguous", "inherited"]);
    assert.equal(commitOfRollout(aRolloutRevision({ template, annotations })), undefined);
  });

  test("is unknown where nothing says it", () => {
    assert.deepEqual(graded({ template: aTemplate("registry.example.com/app:1.2.3") }), [
      "unknown",
      "no-clue",
    ]);
    assert.deepEqual(graded({ template: null, images: [] }), ["unknown", "no-image"]);
  });
});
