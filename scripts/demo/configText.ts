import type { DemoCluster } from "./demoCluster.ts";

/** What one thing of the demo deploys. */
interface HelmTarget {
  readonly context: string;
  readonly namespace: string;
  /** Left out for a service, which names its release beside `deploy`. */
  readonly release?: string;
  /** Values of the chart, besides the image. */
  readonly values: Readonly<Record<string, string>>;
}

/** The demo team's devdeploy.json, with the environments that the documentation shows. */
export function configText(cluster: DemoCluster): string {
  const { production, staging, namespaces } = cluster;
  const live = (release: string, values: HelmTarget["values"]): HelmTarget => ({
    context: production,
    namespace: namespaces.production,
    release,
    values,
  });
  const deploy = (target: HelmTarget, depth: number): string => helm(cluster, target, depth);
  return `{
  // What the team deploys, and where. Hover over a key to read about it.
  "version": 1,
  "defaultBranch": "master",
  "locks": { "context": ${JSON.stringify(staging)}, "namespace": ${JSON.stringify(namespaces.locks)} },
  "environments": {
    "web": {
      "tier": "production",
      "url": "https://shop.example.com",
      "deploy": ${deploy(live("web", { host: "shop.example.com", migrate: "yes" }), 3)}
    },
    "api": {
      "tier": "production",
      "url": "https://api.shop.example.com",
      "deploy": ${deploy(live("api", { host: "api.shop.example.com" }), 3)}
    },
    "cron": {
      "tier": "production",
      "targets": {
        "cron-updates": ${deploy(live("cron-updates", { command: "updates" }), 4)},
        "cron-analytics": ${deploy(live("cron-analytics", { command: "analytics" }), 4)}
      }
    },
    "utils": {
      "tier": "production",
      "deprecated": {
        "reason": "All workers are in Kubernetes now",
        "url": "https://wiki.example.com/workers"
      }
    },
    "dev-api": {
      "tier": "staging",
      "url": "https://dev-api.example.com",
      "deploy": ${deploy({ context: staging, namespace: namespaces.staging, release: "dev-api", values: { host: "dev-api.example.com" } }, 3)}
    },
    // No chart: the image of a Deployment is replaced.
    "thumbnails": {
      "tier": "staging",
      "deploy": {
        "kubernetes": {
          "context": ${JSON.stringify(staging)},
          "namespace": ${JSON.stringify(namespaces.staging)},
          "deployment": "thumbnails",
          "container": "app",
          "image": "registry.example.com/thumbnails:\${commit}"
        }
      }
    }
  },
  "pools": {
    "dev": {
      "lockHours": 12,
      "extendHours": [24, 36, 48],
      "machines": {
        "dev1": { "url": "https://dev1.example.com" },
        "dev2": { "url": "https://dev2.example.com" },
        "dev3": { "url": "https://dev3.example.com" }
      },
      // Shared by the three; \${machine} is the name of each.
      "deploy": ${deploy({ context: staging, namespace: namespaces.dev, release: "${machine}", values: { host: "${machine}.example.com" } }, 3)}
    }
  },
  "services": {
    "publish": {
      "release": "publish-\${branch}",
      "deployedBy": "ci",
      "deploy": ${deploy({ context: staging, namespace: namespaces.services, values: { command: "publish" } }, 3)}
    }
  },
  "ask": { "minutes": 5, "approvals": 1, "slack": { "channel": "#eng-deploys" } },
  "monitoring": { "minutes": 15 }
}
`;
}

/** A `deploy` by helm, one key a line, inside an object of that depth. */
function helm({ image }: DemoCluster, { values, ...where }: HelmTarget, depth: number): string {
  const entries = {
    ...where,
    chart: "./charts/app",
    values: { image: { ...image, tag: "${commit}" }, ...values },
  };
  const at = (level: number): string => "  ".repeat(depth + level);
  const lines = Object.entries(entries).map(([key, value]) => `${at(2)}"${key}": ${spaced(value)}`);
  return `{\n${at(1)}"helm": {\n${lines.join(",\n")}\n${at(1)}}\n${at(0)}}`;
}

/** JSON in one line, as people write it. */
const spaced = (value: unknown): string => JSON.stringify(value, undefined, 1).replaceAll(/\n\s*/gu, " ");
