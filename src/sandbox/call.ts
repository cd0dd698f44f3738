import type { IncomingHttpHeaders } from "node:http";
import type { Kind } from "./kinds.ts";
import { findKind, NAMESPACE } from "./kinds.ts";

/** A request for objects of one kind, taken apart as the API server does. */
export interface ResourceTarget {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}

/** What a path leads to. */
export type Target =
  | { readonly kind: "objects"; readonly to: ResourceTarget }
  | { readonly kind: "review"; readonly group: string; readonly resource: string }
  | { readonly kind: "path" };

/** One request as everything behind the door sees it. The body is read later. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly target: Target;
  /** get, list, watch, create, update, patch, delete or deletecollection. */
  readonly verb: string;
}

const REVIEWS = new Map([
  ["authentication.k8s.io", "selfsubjectreviews"],
  ["authorization.k8s.io", "selfsubjectaccessreviews"],
]);

/** Takes a request line apart. */
export function parseCall(method: string, url: string, headers: IncomingHttpHeaders): Call {
  const parsed = new URL(url, "https://sandbox");
  const path = decodePath(parsed.pathname);
  const target = targetOf(path);
  return {
    method,
    path,
    query: parsed.searchParams,
    headers,
    target,
    verb: verbOf(method, target, parsed.searchParams),
  };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function targetOf(path: string): Target {
  const parts = path.split("/").filter((part) => part !== "");
  const [root, ...rest] = parts;
  if (root === "api") return resourceOf("", rest[0] ?? "", rest.slice(1));
  if (root === "apis") return resourceOf(rest[0] ?? "", rest[1] ?? "", rest.slice(2));
  return { kind: "path" };
}

function resourceOf(group: string, version: string, parts: readonly string[]): Target {
  const [first, second, third] = parts;
  if (first === undefined) return { kind: "path" };
  if (REVIEWS.get(group) === first && version === "v1") return { kind: "review", group, resource: first };
  // /namespaces/web/pods/p leads to a pod; /namespaces/web and /namespaces/web/status to the namespace itself.
  const isInside =
    first === "namespaces" && third !== undefined && third !== "status" && third !== "finalize";
  const [plural = "", name = "", subresource = ""] = isInside ? parts.slice(2) : parts;
  const kind = findKind(group, version, plural);
  if (kind === undefined || parts.length > (isInside ? 5 : 3)) return { kind: "path" };
  if (isInside !== kind.isNamespaced && !(kind.isNamespaced && name === "")) return { kind: "path" };
  return { kind: "objects", to: { kind, namespace: isInside ? (second ?? "") : "", name, subresource } };
}

function verbOf(method: string, target: Target, query: URLSearchParams): string {
  const name = target.kind === "objects" ? target.to.name : "";
  const isWatch = ["1", "true"].includes(query.get("watch") ?? "");
  switch (method) {
    case "GET":
    case "HEAD":
      if (target.kind !== "objects") return "get";
      if (isWatch) return "watch";
      return name === "" ? "list" : "get";
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return target.kind === "objects" && name === "" ? "deletecollection" : "delete";
    default:
      return method.toLowerCase();
  }
}

/** The namespace by which permission is given; a namespace object is inside itself. */
export const permissionNamespace = (to: ResourceTarget): string =>
  to.kind === NAMESPACE ? to.name : to.namespace;
