import * as z from "zod";

// The one description of devdeploy.json. From it come the parsing, the words of the diagnostics (`examples`),
// and schemas/ with the hovers and completions (`npm run schema`). What a schema cannot
// say, such as names that must differ, is in the files named …Rules.ts.

/** A name that Kubernetes takes anywhere: environments, machines, targets, containers. */
export const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/u;

/** Names of environments, machines and pools name Leases; the operation Lease of `x` is `x-operation`. */
export const LEASE_NAME = /^(?!.*-operation$)[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/u;

// The only templates in what must be known before a deploy: where to look, and the Lease to lock.
const NAMESPACE = /^(?=[a-z0-9$])(?:[-a-z0-9]|\$\{[^}]*\}){1,63}(?<!-)$/u;

// eslint-disable-next-line no-control-regex -- a line break would hide what follows it
const CHART = /^(?!.*(?:^|\/)\.\.(?:\/|$))(?!\/)(?!-)(?![A-Za-z][-+.A-Za-z0-9]*:)[^\\\u0000-\u001f]+$/u;

/** Hover text of VS Code and values that it proposes. */
const told = (markdownDescription: string, examples: readonly string[]) =>
  examples.length === 0 ? { markdownDescription } : { markdownDescription, examples };

const text = (markdownDescription: string, ...examples: string[]) =>
  z.string().min(1, "must not be empty").meta(told(markdownDescription, examples));

const webUrl = (markdownDescription: string, ...examples: string[]) =>
  z
    .string()
    .refine(isWebUrl, "must be an address that begins with `https://` or `http://`")
    .refine(holdsNoPassword, {
      error: "must not hold a name or password: this file is committed",
      params: { isSecret: true },
    })
    .meta({ ...told(markdownDescription, examples), pattern: "^https?://[^@/?#]+(?:[/?#]|$)" });

const label = (markdownDescription: string, ...examples: string[]) =>
  z
    .string()
    .regex(DNS_LABEL, "must be lower-case letters, digits and dashes, at most 63")
    .meta(told(markdownDescription, examples));

const MAX_HOURS = 720;
const hours = z
  .number()
  .positive("must be more than 0 hours")
  .max(MAX_HOURS, `must be at most ${MAX_HOURS} hours (30 days)`);

const MAX_MINUTES = 1440;
const minutes = z
  .number()
  .positive("must be more than 0 minutes")
  .max(MAX_MINUTES, `must be at most ${MAX_MINUTES} minutes (a day)`);

const context = text("Context of the kubeconfig, as `kubectl config get-contexts` lists it.", "staging");

const namespace = (markdownDescription: string, ...examples: string[]) =>
  z
    .string()
    .regex(NAMESPACE, "must be a namespace: lower-case letters, digits and dashes, at most 63")
    .meta(told(markdownDescription, examples));

const helm = z
  .strictObject({
    context,
    namespace: namespace("Namespace of the release.", "dev"),
    release: text("Name of the helm release, at most 53 characters. May hold templates.", "app-${machine}"),
    chart: z
      .string()
      .regex(CHART, "must be a folder of this repository, written from its root with `/`, without `..`")
      .meta({
        markdownDescription:
          "Folder of the chart, from the root of the repository. It is read from the commit that is deployed, never from the working tree.",
        examples: ["./charts/app"],
      }),
    values: z
      .record(z.string(), z.json())
      .default({})
      .meta({
        markdownDescription:
          'Values for the chart, nested as in `values.yaml`. Templates are filled in every text. A key with a dot is a key with a dot, not a path: write `{ "image": { "tag": … } }`.',
        examples: [{ image: { tag: "${commit}" } }],
      }),
    container: label(
      "The container whose image carries the commit; without it, one of the release's containers has to.",
      "app",
    ).optional(),
    timeoutMinutes: minutes.default(5).meta({
      markdownDescription: "How long helm waits until everything is ready (`--timeout`), in minutes.",
    }),
    historyMax: z.int().min(0, "must be at least 0").default(10).meta({
      markdownDescription:
        "How many revisions helm keeps (`--history-max`); `0` keeps all. What it drops cannot be rolled back to.",
    }),
  })
  .meta({ markdownDescription: "Deploys by `helm upgrade --install --wait`." });

const kubernetes = z
  .strictObject({
    context,
    namespace: namespace("Namespace of the Deployment.", "dev"),
    deployment: text("Name of the Deployment. May hold templates.", "app"),
    container: label("The container whose image is replaced.", "app"),
    image: text(
      "The image that the container gets. May hold templates.",
      "registry.example.com/app:${commit}",
    ),
  })
  .meta({ markdownDescription: "Deploys by patching the image of one container of a Deployment." });

const http = z
  .strictObject({
    url: webUrl("The deploy hook that is called. May hold templates.", "https://ci.example.com/deploy"),
    statusUrl: webUrl("Asked again and again until the deploy is done.").optional(),
  })
  .meta({ markdownDescription: "Deploys by calling a deploy hook or CI." });

const slack = z
  .strictObject({
    channel: text("The channel of the chat bot.", "#eng-deploys"),
    command: text("What is posted there for you. May hold templates.", "deploy ${branch} to dev-api"),
  })
  .meta({ markdownDescription: "Deploys by posting the chat bot's command." });

const ONE_DRIVER = "How it is deployed: exactly one of `helm`, `kubernetes`, `http`, `slack`.";

const deploy = z
  .strictObject({
    helm: helm.optional(),
    kubernetes: kubernetes.optional(),
    http: http.optional(),
    slack: slack.optional(),
  })
  .meta({ id: "deploy", markdownDescription: ONE_DRIVER, minProperties: 1, maxProperties: 1 });

/** A service names its release itself, beside `deploy`; saying the same again inside is tolerated. */
const serviceDeploy = z
  .strictObject({ ...deploy.shape, helm: helm.extend({ release: helm.shape.release.optional() }).optional() })
  .meta({ markdownDescription: ONE_DRIVER, minProperties: 1, maxProperties: 1 });

const locks = z.strictObject({
  context: text("Context of the cluster that keeps the reservations.", "staging"),
  namespace: namespace("Namespace of the Leases.").default("devdeploy"),
});

const environment = z
  .strictObject({
    tier: z.enum(["production", "staging"]).meta({
      markdownDescription: "Production takes only the default branch.",
      enumDescriptions: ["Only the default branch, after asking the team.", "Any pushed branch."],
      examples: ["production"],
    }),
    url: webUrl("Where it is found. May hold `${environment}`.", "https://app.example.com").optional(),
    deploy: deploy.optional(),
    targets: z
      .record(z.string(), deploy)
      .optional()
      .meta({
        markdownDescription: "Instead of `deploy`: several parts by name, deployed in this order.",
        propertyNames: { pattern: DNS_LABEL.source },
        minProperties: 1,
      }),
    deprecated: z
      .strictObject({
        reason: text("Shown to whoever looks for it.", "All workers are in Kubernetes now"),
        url: webUrl("Where to read more.").optional(),
      })
      .optional()
      .meta({
        markdownDescription: "It exists no more or soon will not; deploying is refused with the reason.",
      }),
    locks: locks
      .optional()
      .meta({ markdownDescription: "Where this environment's Leases live, if elsewhere." }),
  })
  .meta({
    anyOf: [{ required: ["deploy"] }, { required: ["targets"] }, { required: ["deprecated"] }],
    not: { required: ["deploy", "targets"] },
  });

const machine = z.strictObject({
  url: webUrl("Where it is found. May hold `${machine}`.", "https://dev1.example.com").optional(),
  deploy: deploy
    .optional()
    .meta({ markdownDescription: "Instead of the pool's `deploy`, for this machine." }),
});

const pool = z.strictObject({
  lockHours: hours.default(12).meta({
    markdownDescription: "How long a machine stays yours after your last devdeploy, in hours.",
  }),
  extendHours: z
    .array(hours)
    .optional()
    .meta({
      markdownDescription:
        "What **Extend Lock** offers, in hours, the shortest first. Without it: two, three and four times `lockHours`.",
      examples: [[24, 36, 48]],
    }),
  machines: z.record(z.string(), machine).meta({
    markdownDescription: "The machines of the pool by name; `{}` is enough where the pool says the rest.",
    examples: [{ dev1: {}, dev2: {} }],
    propertyNames: { pattern: LEASE_NAME.source },
    minProperties: 1,
  }),
  deploy: deploy
    .optional()
    .meta({ markdownDescription: "Shared by all machines of the pool, told apart by `${machine}`." }),
});

const service = z.strictObject({
  release: text("Name of the release, one for each branch by a template.", "publish-${branch}"),
  deployedBy: z
    .enum(["ci", "person"])
    .default("person")
    .meta({
      markdownDescription: "Who deploys it as a rule.",
      enumDescriptions: ["CI, on every commit of the default branch.", "People, from here."],
    }),
  deploy: serviceDeploy,
});

/** What devdeploy.json may hold. Every `.meta` comes last, so that it is found on the schema of the key. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().meta({ markdownDescription: "For other editors; nothing here reads it." }),
    version: z.literal(1).meta({ markdownDescription: "Version of this file's format.", examples: [1] }),
    defaultBranch: z
      .string()
      .min(1, "must not be empty")
      .meta({ markdownDescription: "The only branch that production takes.", examples: ["main"] }),
    locks: locks.meta({
      markdownDescription: "Where the reservations (Leases) live. An environment may name its own place.",
      examples: [{ context: "staging" }],
    }),
    environments: z
      .record(z.string(), environment)
      .default({})
      .meta({
        markdownDescription: "What is deployed to by name: production, and staging that everybody shares.",
        propertyNames: { pattern: LEASE_NAME.source },
      }),
    pools: z
      .record(z.string(), pool)
      .default({})
      .meta({
        markdownDescription: "Sets of machines that people take in turns.",
        propertyNames: { pattern: LEASE_NAME.source },
      }),
    services: z
      .record(z.string(), service)
      .default({})
      .meta({
        markdownDescription: "Smaller services, with a release for each branch.",
        propertyNames: { pattern: DNS_LABEL.source },
      }),
    ask: z
      .strictObject({
        minutes: minutes.default(5).meta({ markdownDescription: "So much silence means go." }),
        approvals: z
          .int()
          .min(1, "must be at least 1")
          .default(1)
          .meta({ markdownDescription: "So many +1 of others mean go at once." }),
        slack: z
          .strictObject({ channel: text("The channel that is asked.", "#eng-deploys") })
          .optional()
          .meta({ markdownDescription: "Ask there too; the token is never in this file." }),
      })
      .prefault({})
      .meta({ markdownDescription: "Asking the team before a production deploy." }),
    monitoring: z
      .strictObject({
        minutes: minutes
          .default(15)
          .meta({ markdownDescription: "How long after a deploy you count as watching it." }),
      })
      .prefault({})
      .meta({ markdownDescription: "The time in which the last deployer still watches." }),
    migrations: z
      .array(text("A glob pattern of paths, from the root of the repository.", "db/migrate/**"))
      .default(["**/migrations/**", "**/migrate/**"])
      .meta({
        markdownDescription:
          "Files that change the schema of a database: glob patterns as git knows them. A rollback behind such a change says so.",
      }),
  })
  .meta({
    title: "Devdeploy",
    markdownDescription: "The team's environments, machines and services.",
    allowComments: true,
    allowTrailingCommas: true,
  });

/** What the schema makes of a file without mistakes; defaults are filled in. */
export type ConfigFile = z.output<typeof configSchema>;
export type DeployEntry = z.output<typeof serviceDeploy>;

function filled(url: string): string {
  return url.replaceAll(/\$\{[^}]*\}/gu, "x");
}

function isWebUrl(value: string): boolean {
  return /^https?:\/\//u.test(value) && URL.canParse(filled(value));
}

function holdsNoPassword(value: string): boolean {
  if (!isWebUrl(value)) return true;
  const url = new URL(filled(value));
  return url.username === "" && url.password === "";
}
