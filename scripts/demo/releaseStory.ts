import { ANN, BEN, MIA, TOM, type Teammate } from "./people.ts";

/** One revision of a release of the story. */
export interface StoryRevision {
  readonly revision: number;
  /** Id of the commit; of a rollback, the revision that it goes back to. */
  readonly commit: string;
  readonly branch: string;
  readonly by: Teammate;
  readonly hoursAgo: number;
  /**
   * How it came about: by Devdeploy, by Devdeploy without success, by `helm rollback`, or by somebody's own
   * `helm upgrade`, which inherits the marks of the revision before and so lies about commit and person.
   */
  readonly how: "devdeploy" | "failed" | "helm" | { readonly rollbackTo: number };
  /** Instead of the commit: `latest` says nothing, and `missing` is an image that was cleaned up since. */
  readonly tag?: "latest" | "missing";
  /** Besides those of the release. */
  readonly values?: StoryValues;
}

/** Values as somebody gives them to helm. */
export type StoryValues = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

export interface StoryRelease {
  readonly release: string;
  /** Of the demo cluster's namespaces. */
  readonly at: "production" | "staging" | "dev" | "services";
  readonly values: StoryValues;
  /** Oldest first. */
  readonly revisions: readonly StoryRevision[];
}

type Row = readonly [
  commit: string,
  by: Teammate,
  hoursAgo: number,
  how?: StoryRevision["how"],
  more?: Pick<StoryRevision, "tag" | "values">,
];

const revisions = (first: number, branch: string, rows: readonly Row[]): readonly StoryRevision[] =>
  rows.map(([commit, by, hoursAgo, how = "devdeploy", more], index) => ({
    ...more,
    revision: first + index,
    commit,
    branch,
    by,
    hoursAgo,
    how,
  }));

/** What the queue's secret was at the time; it was changed with the last deploy. */
const signedWith = (secret: string): StoryValues => ({ queue: { secret } });

const HOST = "shop.example.com";

/** What was deployed; helm keeps ten revisions of a release, so the old ones begin in the middle. */
export const RELEASES: readonly StoryRelease[] = [
  {
    release: "web",
    at: "production",
    values: { host: HOST, migrate: "yes" },
    revisions: revisions(159, "master", [
      ["lower", ANN, 352],
      ["mails", BEN, 326, "devdeploy", { tag: "missing" }],
      ["stock", MIA, 228],
      ["pool", TOM, 200, "failed"],
      ["stock", TOM, 199.5, { rollbackTo: 161 }],
      ["vat", MIA, 126, "helm", { tag: "latest" }],
      ["address", ANN, 73, "devdeploy", { values: signedWith("autumn-2026") }],
      ["health", BEN, 50, "devdeploy", { values: signedWith("autumn-2026") }],
      ["health", ANN, 47, "devdeploy", { values: { ...signedWith("autumn-2026"), replicas: "3" } }],
      ["retries", MIA, 2.4, "failed", { values: { ...signedWith("winter-2026"), replicas: "3" } }],
    ]),
  },
  {
    release: "api",
    at: "production",
    values: { host: `api.${HOST}` },
    revisions: revisions(71, "master", [
      ["coupons", ANN, 150],
      ["images", BEN, 102],
      ["address", MIA, 72],
      ["health", TOM, 49.5, "helm"],
    ]),
  },
  {
    release: "cron-updates",
    at: "production",
    values: { command: "updates" },
    revisions: revisions(33, "master", [
      ["coupons", MIA, 149],
      ["health", MIA, 48],
    ]),
  },
  {
    release: "cron-analytics",
    at: "production",
    values: { command: "analytics" },
    revisions: revisions(19, "master", [
      ["nightly", MIA, 279],
      ["health", MIA, 47.5],
    ]),
  },
  {
    release: "dev-api",
    at: "staging",
    values: { host: "dev-api.example.com" },
    revisions: [
      ...revisions(8, "task/search-index", [["index", MIA, 31]]),
      ...revisions(9, "master", [["currency", ANN, 28]]),
    ],
  },
  {
    release: "dev1",
    at: "dev",
    values: { host: "dev1.example.com" },
    revisions: revisions(14, "task/my-special-task", [["special", ANN, 45]]),
  },
  {
    release: "dev2",
    at: "dev",
    values: { host: "dev2.example.com" },
    revisions: revisions(21, "task/profile", [
      ["profile-page", BEN, 24],
      ["profile", BEN, 3.5],
    ]),
  },
  {
    release: "dev3",
    at: "dev",
    values: { host: "dev3.example.com" },
    revisions: revisions(9, "task/search-index", [["index", MIA, 30]]),
  },
  {
    release: "publish-master",
    at: "services",
    values: { command: "publish" },
    revisions: revisions(55, "master", [
      ["health", TOM, 51, "helm"],
      ["currency", ANN, 28, "helm"],
    ]),
  },
];
