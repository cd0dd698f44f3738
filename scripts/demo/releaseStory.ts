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
}

export interface StoryRelease {
  readonly release: string;
  /** Of the demo cluster's namespaces. */
  readonly at: "production" | "staging" | "dev" | "services";
  readonly values: Readonly<Record<string, string>>;
  /** Oldest first. */
  readonly revisions: readonly StoryRevision[];
}

type Row = readonly [commit: string, by: Teammate, hoursAgo: number, how?: StoryRevision["how"]];

const revisions = (first: number, branch: string, rows: readonly Row[]): readonly StoryRevision[] =>
  rows.map(([commit, by, hoursAgo, how = "devdeploy"], index) => ({
    revision: first + index,
    commit,
    branch,
    by,
    hoursAgo,
    how,
  }));

const HOST = "shop.example.com";

/** What was deployed; helm keeps ten revisions of a release, so the old ones begin in the middle. */
export const RELEASES: readonly StoryRelease[] = [
  {
    release: "web",
    at: "production",
    values: { host: HOST },
    revisions: revisions(158, "master", [
      ["search", BEN, 372],
      ["lower", ANN, 352],
      ["mails", BEN, 326],
      ["stock", MIA, 228],
      ["pool", TOM, 200, "failed"],
      ["stock", TOM, 199.5, { rollbackTo: 161 }],
      ["unpool", TOM, 194],
      ["vat", MIA, 126],
      ["address", ANN, 73],
      ["health", BEN, 50],
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
