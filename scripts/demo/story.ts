import { HOUR_MS, SECOND_MS, type EpochMs } from "../../src/domain/time.ts";
import { BROKEN_TEMPLATE, CHART_1, CHART_1_1, CHART_1_2, type Files } from "./chartFiles.ts";
import { configText } from "./configText.ts";
import type { DemoCluster } from "./demoCluster.ts";
import { ANN, BEN, MIA, TOM, type Teammate } from "./people.ts";

/** A commit of the demo's repository. */
export interface StoryCommit {
  /** How releases and branches refer to it. */
  readonly id: string;
  readonly by: Teammate;
  readonly hoursAgo: number;
  readonly subject: string;
  /** Files that it writes whole. */
  readonly files: Files;
}

/** Nobody works at full hours: what happened "5 hours ago" was up to 25 minutes later, always the same for one id. */
export function momentOf(id: string, hoursAgo: number, now: EpochMs): EpochMs {
  const letters = Array.from(id).reduce((sum, letter) => sum * 31 + (letter.codePointAt(0) ?? 0), 7);
  return now - hoursAgo * HOUR_MS + (letters % (25 * 60)) * SECOND_MS;
}

export interface StoryBranch {
  readonly name: string;
  /** The commit that it begins at. */
  readonly from: string;
  readonly commits: readonly StoryCommit[];
  /** Commits at the end that exist only in Ann's clone. */
  readonly unpushed: number;
}

export interface Story {
  /** Of `master`, oldest first. */
  readonly trunk: readonly StoryCommit[];
  readonly branches: readonly StoryBranch[];
}

/** What the team did in the last four weeks. */
export function tellStory(cluster: DemoCluster): Story {
  return { trunk: trunk(cluster), branches: BRANCHES };
}

type Row = readonly [id: string, by: Teammate, hoursAgo: number, subject: string, files: Files];

const commits = (rows: readonly Row[]): readonly StoryCommit[] =>
  rows.map(([id, by, hoursAgo, subject, files]) => ({ id, by, hoursAgo, subject, files }));

const PACKAGE =
  '{ "name": "shop", "private": true, "type": "module", "scripts": { "test": "node --test" } }\n';

const README = `# Shop

The demo team's monolith. Try **Devdeploy: Devdeploy Current Branch** from the command palette (F1),
and look at the sidebar while a teammate works.

- \`devdeploy.json\`: what is deployed where
- \`charts/app\`: the helm chart of all parts
`;

const WEB = `import { createServer } from "node:http";
import { basket } from "./basket.js";

createServer((request, response) => {
  response.end(JSON.stringify({ commit: process.env.COMMIT, basket: basket(request) }));
}).listen(8080);
`;

const basket = (body: string): string => `export const basket = (request) => {\n  ${body}\n};\n`;
const migration = (sql: string): string => `-- Runs once, before the new version starts.\n${sql};\n`;

function trunk(cluster: DemoCluster): readonly StoryCommit[] {
  return commits([
    [
      "start",
      MIA,
      640,
      "Move the shop into one repository",
      {
        "README.md": README,
        "package.json": PACKAGE,
        "src/web.js": WEB,
        "src/basket.js": basket("return [];"),
      },
    ],
    ["chart", TOM, 616, "Add the chart that all parts share", CHART_1],
    [
      "config",
      TOM,
      611,
      "Say in devdeploy.json what is deployed where",
      { "devdeploy.json": configText(cluster) },
    ],
    [
      "cookies",
      ANN,
      545,
      "Read the basket from its cookie (#4082)",
      { "src/basket.js": basket('return request.headers.cookie?.split(".") ?? [];') },
    ],
    [
      "prices",
      BEN,
      520,
      "Round prices in one place (#4085)",
      { "src/prices.js": "export const rounded = (cents) => Math.round(cents) / 100;\n" },
    ],
    [
      "orders",
      MIA,
      497,
      "Keep orders in a table of their own (#4079)",
      {
        "migrations/0007_orders.sql": migration(
          "CREATE TABLE orders (id bigint PRIMARY KEY, basket jsonb NOT NULL)",
        ),
        "src/orders.js": 'export const TABLE = "orders";\n',
      },
    ],
    [
      "retry",
      TOM,
      450,
      "Try the payment provider again after a timeout (#4090)",
      { "src/payment.js": "export const ATTEMPTS = 3;\n" },
    ],
    ["replicas", TOM, 401, "Run two of everything, and ask for memory (#4092)", CHART_1_1],
    [
      "search",
      ANN,
      377,
      "Find products by a part of their name (#4088)",
      { "src/search.js": "export const matches = (name, part) => name.includes(part);\n" },
    ],
    [
      "lower",
      ANN,
      354,
      "Search without regard to capitals (#4095)",
      {
        "src/search.js":
          "export const matches = (name, part) => name.toLowerCase().includes(part.toLowerCase());\n",
      },
    ],
    [
      "mails",
      BEN,
      329,
      "Send the receipt after the payment, not before (#4097)",
      { "src/receipt.js": 'export const sendAfter = "payment";\n' },
    ],
    [
      "nightly",
      MIA,
      281,
      "Count sales in the night (#4101)",
      { "src/analytics.js": 'export const at = "02:00";\n' },
    ],
    [
      "stock",
      BEN,
      230,
      "Hide what is sold out (#4103)",
      { "src/stock.js": "export const shown = ({ left }) => left > 0;\n" },
    ],
    [
      "pool",
      TOM,
      201,
      "Use one connection pool for all requests (#4106)",
      { "src/database.js": "export const POOL = 4;\n" },
    ],
    [
      "unpool",
      TOM,
      196,
      "Take the pool back: it starves the workers (#4108)",
      { "src/database.js": "export const POOL = 0;\n" },
    ],
    [
      "coupons",
      ANN,
      153,
      "Accept coupons (#4099)",
      {
        "src/coupons.js": "export const accepts = (code) => /^[A-Z0-9]{8}$/.test(code);\n",
        "migrations/0008_coupons.sql": migration("CREATE TABLE coupons (code text PRIMARY KEY)"),
      },
    ],
    ["vat", MIA, 128, "Show the tax of each line (#4110)", { "src/tax.js": "export const VAT = 0.19;\n" }],
    [
      "images",
      BEN,
      104,
      "Load pictures when they are seen (#4112)",
      { "src/pictures.js": 'export const loading = "lazy";\n' },
    ],
    [
      "address",
      MIA,
      75,
      "Keep the address between orders (#4114)",
      { "src/address.js": "export const KEPT_DAYS = 90;\n" },
    ],
    [
      "health",
      TOM,
      52,
      "Say the commit on /health (#4116)",
      { "src/health.js": "export const health = () => ({ commit: process.env.COMMIT });\n" },
    ],
    [
      "currency",
      ANN,
      29,
      "Write amounts as the reader's country does (#4117)",
      {
        "src/prices.js":
          "export const shown = (cents, locale) => new Intl.NumberFormat(locale).format(cents / 100);\n",
      },
    ],
    [
      "retry-count",
      TOM,
      9,
      "Count the retries of each job (#4126)",
      {
        "db/migrate/20261122_add_retry_count.sql": migration(
          "ALTER TABLE jobs ADD COLUMN retry_count integer NOT NULL DEFAULT 0",
        ),
        "src/jobs.js": 'export const COLUMNS = ["id", "retry_count"];\n',
      },
    ],
    [
      "links",
      BEN,
      6,
      "Keep old links to products working (#4119)",
      { "src/links.js": 'export const moved = new Map([["/p/1", "/products/1"]]);\n' },
    ],
    [
      "retries",
      MIA,
      3,
      "Rework queue retries (#4127)",
      { "src/queue.js": "export const RETRIES = Number(process.env.QUEUE_RETRIES);\n", ...CHART_1_2 },
    ],
  ]);
}

const profile = (name: string): string => `export const title = "${name}";\n`;

const BRANCHES: readonly StoryBranch[] = [
  {
    name: "task/login",
    from: "currency",
    unpushed: 0,
    commits: commits([
      [
        "login-form",
        ANN,
        27,
        "Draw the login form",
        { "src/login.js": 'export const fields = ["mail", "password"];\n' },
      ],
      [
        "login-limit",
        ANN,
        22,
        "Wait after three wrong passwords",
        { "src/login.js": 'export const fields = ["mail", "password"];\nexport const MAX_ATTEMPTS = 3;\n' },
      ],
      [
        "login",
        ANN,
        3,
        "Remember who logged in last",
        { "src/session.js": "export const REMEMBER_DAYS = 30;\n" },
      ],
    ]),
  },
  {
    name: "task/my-special-task",
    from: "health",
    unpushed: 0,
    commits: commits([
      ["special-draft", ANN, 49, "Try gift wrapping", { "src/gift.js": "export const papers = [];\n" }],
      [
        "special",
        ANN,
        46,
        "Offer three kinds of paper",
        { "src/gift.js": 'export const papers = ["red", "blue", "stars"];\n' },
      ],
    ]),
  },
  {
    name: "task/profile",
    from: "currency",
    unpushed: 0,
    commits: commits([
      ["profile-page", BEN, 25, "Give people a page of their own", { "src/profile.js": profile("You") }],
      ["profile", BEN, 4, "Greet people by their name", { "src/profile.js": profile("Hello") }],
    ]),
  },
  {
    name: "task/search-index",
    from: "images",
    unpushed: 0,
    commits: commits([
      [
        "index",
        MIA,
        32,
        "Search by an index instead of reading everything",
        { "migrations/0009_search.sql": migration("CREATE INDEX products_name ON products (name)") },
      ],
    ]),
  },
  {
    name: "task/broken-image",
    from: "links",
    unpushed: 0,
    commits: commits([["broken", ANN, 2, "Mark images of branches by their tag", BROKEN_TEMPLATE]]),
  },
  {
    name: "task/faster-checkout",
    from: "links",
    unpushed: 1,
    commits: commits([
      [
        "checkout-pushed",
        ANN,
        5,
        "Ask for the address once",
        { "src/checkout.js": "export const steps = 3;\n" },
      ],
      [
        "checkout",
        ANN,
        1,
        "Leave out the second confirmation",
        { "src/checkout.js": "export const steps = 2;\n" },
      ],
    ]),
  },
];
