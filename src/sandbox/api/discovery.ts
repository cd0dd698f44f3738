import type { JsonObject } from "../json.ts";
import type { Kind } from "../kinds.ts";
import { groupVersion, KINDS } from "../kinds.ts";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const SUBRESOURCE_VERBS = ["get", "patch", "update"];
const verbsOf = (subresource: string): string[] => (subresource === "log" ? ["get"] : [...SUBRESOURCE_VERBS]);

/** A resource that can only be created, and is answered at once. */
interface Review {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
}

const REVIEWS: readonly Review[] = [
  {
    group: "authentication.k8s.io",
    kind: "SelfSubjectReview",
    plural: "selfsubjectreviews",
    singular: "selfsubjectreview",
  },
  {
    group: "authorization.k8s.io",
    kind: "SelfSubjectAccessReview",
    plural: "selfsubjectaccessreviews",
    singular: "selfsubjectaccessreview",
  },
];

/** The named groups, all of which have one version, `v1`. */
export const GROUPS: readonly string[] = [
  ...new Set([...KINDS.map(({ group }) => group), ...REVIEWS.map(({ group }) => group)]),
].filter((group) => group !== "");

const kindsOf = (group: string): Kind[] => KINDS.filter((kind) => kind.group === group);
const reviewsOf = (group: string): Review[] => REVIEWS.filter((review) => review.group === group);

/** The aggregated document: every group, or only the core one, with all resources. */
export const aggregated = (groups: readonly string[]): JsonObject => ({
  kind: "APIGroupDiscoveryList",
  apiVersion: "apidiscovery.k8s.io/v2",
  metadata: {},
  items: groups.map((group) => ({
    metadata: group === "" ? {} : { name: group },
    versions: [
      {
        version: "v1",
        resources: [...kindsOf(group).map(aggregatedKind), ...reviewsOf(group).map(aggregatedReview)],
        freshness: "Current",
      },
    ],
  })),
});

const responseKind = (kind: string, group = "", version = ""): JsonObject => ({ group, version, kind });

const aggregatedKind = (kind: Kind): JsonObject => ({
  resource: kind.plural,
  responseKind: responseKind(kind.kind),
  scope: kind.isNamespaced ? "Namespaced" : "Cluster",
  singularResource: kind.singular,
  verbs: [...VERBS],
  ...(kind.shortNames.length === 0 ? {} : { shortNames: [...kind.shortNames] }),
  ...(kind.isInAll ? { categories: ["all"] } : {}),
  ...(kind.subresources.length === 0
    ? {}
    : {
        subresources: kind.subresources.map((subresource) => ({
          subresource,
          responseKind:
            subresource === "scale" ? responseKind("Scale", "autoscaling", "v1") : responseKind(kind.kind),
          verbs: verbsOf(subresource),
        })),
      }),
});

const aggregatedReview = ({ kind, plural, singular }: Review): JsonObject => ({
  resource: plural,
  responseKind: responseKind(kind),
  scope: "Cluster",
  singularResource: singular,
  verbs: ["create"],
});

const versionOfGroup = (group: string): JsonObject => ({ groupVersion: `${group}/v1`, version: "v1" });

const apiGroup = (group: string): JsonObject => ({
  name: group,
  versions: [versionOfGroup(group)],
  preferredVersion: versionOfGroup(group),
});

/** The older documents, one per path; undefined for a path that is none of them. */
export function unaggregated(path: string, server: string): JsonObject | undefined {
  const parts = path.split("/").filter((part) => part !== "");
  if (path === "/api") {
    return {
      kind: "APIVersions",
      versions: ["v1"],
      serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: server }],
    };
  }
  if (path === "/apis") return { kind: "APIGroupList", apiVersion: "v1", groups: GROUPS.map(apiGroup) };
  const isCore = path === "/api/v1";
  const group = isCore ? "" : (parts[1] ?? "");
  if (!isCore && (parts[0] !== "apis" || !GROUPS.includes(group))) return undefined;
  if (!isCore && parts.length === 2) return { kind: "APIGroup", apiVersion: "v1", ...apiGroup(group) };
  if (!isCore && (parts.length !== 3 || parts[2] !== "v1")) return undefined;
  return {
    kind: "APIResourceList",
    ...(isCore ? {} : { apiVersion: "v1" }),
    groupVersion: groupVersion({ group, version: "v1" }),
    resources: [...kindsOf(group).flatMap(plainKind), ...reviewsOf(group).map(plainReview)],
  };
}

const plainKind = (kind: Kind): JsonObject[] => [
  {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.isNamespaced,
    kind: kind.kind,
    verbs: [...VERBS],
    ...(kind.shortNames.length === 0 ? {} : { shortNames: [...kind.shortNames] }),
    ...(kind.isInAll ? { categories: ["all"] } : {}),
  },
  ...kind.subresources.map((subresource) => ({
    name: `${kind.plural}/${subresource}`,
    singularName: "",
    namespaced: kind.isNamespaced,
    ...(subresource === "scale"
      ? { group: "autoscaling", version: "v1", kind: "Scale" }
      : { kind: kind.kind }),
    verbs: verbsOf(subresource),
  })),
];

const plainReview = ({ kind, plural, singular }: Review): JsonObject => ({
  name: plural,
  singularName: singular,
  namespaced: false,
  kind,
  verbs: ["create"],
});
