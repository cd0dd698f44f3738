/** Where the demo's devdeploy.json deploys to. */
export interface DemoCluster {
  /** Contexts of the kubeconfig. */
  readonly production: string;
  readonly staging: string;
  readonly namespaces: {
    readonly locks: string;
    readonly production: string;
    readonly staging: string;
    readonly dev: string;
    readonly services: string;
  };
  /** Instead of the image that the chart names itself. */
  readonly image: { readonly repository?: string; readonly digest?: string };
}

/** The sandbox plays both clusters. Its kubelet looks at tags only, so the image needs no registry. */
export const SANDBOX: DemoCluster = {
  production: "prod",
  staging: "staging",
  namespaces: {
    locks: "devdeploy",
    production: "shop",
    staging: "staging",
    dev: "dev",
    services: "services",
  },
  image: {},
};

export const DEMO_NAMESPACE = "devdeploy-demo";

/**
 * A cluster of the person's own: everything in one namespace. There is no image for the demo's commits, but a
 * runtime that is given a tag and a digest pulls by the digest: the tag may be the commit, the image is `pause`.
 */
export const realCluster = (context: string): DemoCluster => ({
  production: context,
  staging: context,
  namespaces: {
    locks: DEMO_NAMESPACE,
    production: DEMO_NAMESPACE,
    staging: DEMO_NAMESPACE,
    dev: DEMO_NAMESPACE,
    services: DEMO_NAMESPACE,
  },
  image: {
    repository: "registry.k8s.io/pause",
    digest: "sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a",
  },
});

/** The machines of the demo's pool `dev`. */
export const MACHINES = ["dev1", "dev2", "dev3"] as const;

/** The environments that can be deployed to. */
export const ENVIRONMENTS = ["web", "api", "cron", "dev-api", "thumbnails"] as const;
