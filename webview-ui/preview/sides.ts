import type { SideView } from "../../src/protocol/panel.ts";
import { press } from "./web.ts";

const COMMAND =
  "helm rollback buffer-publish-master 167 --namespace=buffer --kube-context=prod --wait --timeout=10m0s --history-max=10";

export const READING: SideView = {
  kind: "reading",
  key: "review-167",
  heading: ["Looking at what going back to 167 means …"],
  sections: [],
  actions: [],
};

export const REVIEW: SideView = {
  kind: "review",
  key: "review-167",
  heading: [{ strong: "Roll back" }, " 168 ", { code: "9c1f2ab" }, " → 167 ", { code: "51d0c3e" }],
  intro: "Recommended: the newest earlier revision that was deployed, ran for 14 h and has another commit.",
  sections: [
    {
      heading: "Undone by this (2 commits)",
      lines: [
        { text: [{ code: "9c1f2ab" }, " Rework queue retries · Dan Ortiz"] },
        {
          text: [{ code: "77e01bd" }, " Add retry_count column · Dan Ortiz"],
          chips: [{ text: "migration", look: "warning", tooltip: "db/migrate/20261122_add_retry_count.rb" }],
        },
      ],
    },
    {
      heading: "Changes",
      lines: [
        {
          mark: "change",
          spoken: "Change",
          text: [
            "Deployment ",
            { code: "web" },
            ": image, 1 environment variable · values: ",
            { code: "image.tag" },
            ", ",
            { code: "retry.secret" },
            " ‹masked, changed›",
          ],
          actions: [press("diff", "Open diff")],
        },
      ],
    },
    {
      heading: "Checks",
      lines: [
        { mark: "ok", spoken: "Good", text: ["Nobody else is at work here: the operation Lease is free"] },
        {
          mark: "ok",
          spoken: "Good",
          text: ["Image ", { code: "bufferapp/buffer-publish:51d0c3e" }, " exists"],
        },
        {
          mark: "warn",
          spoken: "Warning",
          text: ["A migration came after this commit."],
          detail: ["Can the older code run with the newer schema?"],
        },
        {
          mark: "ok",
          spoken: "Good",
          text: ["You may do this: update deployments, secrets in ", { code: "buffer" }],
        },
      ],
    },
    {
      heading: "A rollback does not undo",
      lines: [{ mark: "info", text: ["data, CRDs, 1 hook job (", { code: "web-migrate" }, ")"] }],
    },
  ],
  confirm: {
    review: "review-1",
    button: press("confirm", "Roll back to 167", "primary"),
    typing: {
      label: "Type buffer-publish-master to confirm",
      placeholder: "buffer-publish-master",
      expected: "buffer-publish-master",
    },
    others: [press("dry-run", "Dry run", "secondary")],
  },
  command: { text: COMMAND, copy: press("copy-command", "Copy") },
  actions: [],
};

export const STALE: SideView = {
  ...REVIEW,
  key: "review-167-again",
  alert: {
    look: "warning",
    text: ["Revision 169 came while you looked: this is a fresh review."],
    actions: [],
  },
};

export const RUNNING: SideView = {
  kind: "running",
  key: "run-1",
  heading: [{ strong: "Rolling back" }, " 168 → 167 · 00:14"],
  mark: "run",
  sections: [
    {
      lines: [
        { mark: "ok", spoken: "Done", text: ["History read again: nothing newer than 168"] },
        { mark: "ok", spoken: "Done", text: ["helm created revision 169, “Rollback to 167”"] },
        {
          mark: "run",
          spoken: "Under way",
          text: ["Pods of ", { code: "51d0c3e" }, ": 2 of 4 ready"],
          detail: ["web-6d9f-x2lqp starting"],
        },
        { mark: "todo", spoken: "To come", text: ["Steady for 15 s"] },
      ],
    },
  ],
  actions: [press("stop-watching", "Stop watching", "secondary")],
  note: "The rollback goes on in the cluster if this window closes.",
};

export const PROVEN: SideView = {
  kind: "proven",
  key: "run-1-proven",
  mark: "ok",
  heading: [{ strong: "Rolled back to 167" }, " ", { code: "51d0c3e" }, " · proven 09:14:52 (07:14:52 UTC)"],
  sections: [
    {
      lines: [
        {
          mark: "ok",
          spoken: "Proven",
          text: ["New revision 169 = 168 + 1, status deployed, “Rollback to 167”"],
        },
        {
          mark: "ok",
          spoken: "Proven",
          text: [
            "Images are those of 167, the application runs ",
            { code: "bufferapp/buffer-publish:51d0c3e" },
          ],
        },
        { mark: "ok", spoken: "Proven", text: ["4 of 4 pods ready, no restart in 15 s"] },
        { mark: "ok", spoken: "Proven", text: ["The manifest of 169 equals that of 167"] },
      ],
      actions: [
        press("markdown", "Copy as Markdown", "secondary"),
        press("tell", "Tell #eng-deploys", "secondary"),
      ],
    },
    {
      heading: "Afterwards",
      lines: [
        {
          mark: "info",
          text: ["web is on hold so that ", { code: "9c1f2ab" }, " does not come back by itself."],
          actions: [press("lift", "Lift the hold"), press("revert", "Revert 2 commits…")],
        },
      ],
    },
  ],
  actions: [],
};

export const NOT_PROVEN: SideView = {
  kind: "not-proven",
  key: "run-2-not-proven",
  mark: "bad",
  heading: [{ strong: "The rollback to 167 did not work." }],
  alert: {
    look: "bad",
    text: ["helm made revision 169; its pods cannot pull their image. The 4 pods of 168 still serve."],
    actions: [],
  },
  sections: [
    {
      lines: [
        { mark: "ok", spoken: "Proven", text: ["New revision 169, “Rollback to 167”"] },
        { mark: "bad", spoken: "Not so", text: ["0 of 4 pods ready after 40 s"] },
      ],
    },
    {
      heading: "Cause",
      lines: [
        {
          text: [
            "Image ",
            { code: "bufferapp/buffer-publish:51d0c3e" },
            " is not in the registry: it was probably cleaned up.",
          ],
        },
      ],
      evidence: [
        "ImagePullBackOff  web-6d9f-x2lqp",
        'Failed to pull image "bufferapp/buffer-publish:51d0c3e": not found   (event, 12 s ago, 3 times)',
      ].join("\n"),
    },
    {
      heading: "What you can do",
      lines: [],
      actions: [
        press("choose-165", "Roll back to 165 instead", "primary"),
        press("build", "Build 51d0c3e again…", "secondary"),
        press("logs", "Logs", "secondary"),
      ],
    },
  ],
  actions: [],
};

export const NOTICE: SideView = {
  kind: "notice",
  key: "stuck-169",
  mark: "warn",
  heading: ["Revision 169 is stuck in ", { code: "pending-upgrade" }],
  intro: "helm refuses everything until this record is out of the way.",
  sections: [
    {
      lines: [
        {
          mark: "ok",
          spoken: "Good",
          text: ["Nobody is at work: the operation Lease is free since 09:40 (07:40 UTC)"],
        },
        {
          mark: "todo",
          spoken: "To come",
          text: ["It may be cleared at 10:02 (08:02 UTC): helm’s time limit and a margin"],
        },
      ],
    },
  ],
  actions: [{ ...press("recover", "Clear it and go back to 167…", "secondary"), isDisabled: true }],
};
