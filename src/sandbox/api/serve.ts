import type { Call, ResourceTarget } from "../call.ts";
import type { JsonObject } from "../json.ts";
import { isObject, textOf } from "../json.ts";
import { groupVersion } from "../kinds.ts";
import type { Manager } from "../patch/managers.ts";
import type { Person } from "../people.ts";
import { podLog } from "../podLog.ts";
import {
  badRequest,
  isRefusal,
  methodNotAllowed,
  noSuchResource,
  notServed,
  type Refusal,
} from "../refusal.ts";
import { asKind, decodeBody, decodePatch, mediaTypeOf } from "./decode.ts";
import { aggregated, GROUPS, unaggregated } from "./discovery.ts";
import type { Listing } from "./listing.ts";
import { placeOf } from "./listing.ts";
import type { Objects, Write } from "./objects.ts";
import { hashOf, openapiDocument, openapiIndex } from "./openapi.ts";
import { changeBy, patchObject } from "./patching.ts";
import { readRemoval, removeObject } from "./removal.ts";
import { type Form, formFor, listText, objectText } from "./representation.ts";
import { accessReview, subjectReview } from "./reviews.ts";
import { changeOfScale, scaleOf } from "./scale.ts";
import { VERSION } from "./version.ts";

/** An answer, ready to be written; an ETag makes it conditional. */
export interface Answer {
  readonly code: number;
  readonly type: string;
  readonly text: string;
  readonly etag?: string;
}

/** What requests are served from. */
export interface Services {
  readonly objects: Objects;
  readonly listing: Listing;
  /** The address under which clients reach the server, for the oldest discovery document. */
  readonly address: () => string;
}

const JSON_TYPE = "application/json";
const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

const answer = (object: JsonObject, form: Form = "full", code = 200): Answer => ({
  code,
  type: JSON_TYPE,
  text: objectText(object, form),
});

const plain = (object: JsonObject, code = 200): Answer => ({
  code,
  type: JSON_TYPE,
  text: JSON.stringify(object),
});

/** Serves a request that has been let in, everything but watches. */
export function serve(
  services: Services,
  call: Call,
  from: { person: Person; body: Buffer },
): Answer | Refusal {
  switch (call.target.kind) {
    case "path":
      return servePath(services, call);
    case "review":
      return serveReview(services, call, from);
    case "objects":
      return serveObjects(services, call, { to: call.target.to, body: from.body });
  }
}

function servePath({ address }: Services, call: Call): Answer | Refusal {
  const path = call.path.replace(/\/$/u, "") || "/";
  if (["/healthz", "/livez", "/readyz"].includes(path)) return { code: 200, type: "text/plain", text: "ok" };
  if (path === "/version") return plain(VERSION);
  if (path === "/openapi/v3") {
    // The real server says text/plain here, and clients cope.
    return tagged(JSON.stringify(openapiIndex()), "text/plain; charset=utf-8");
  }
  const document = path.startsWith("/openapi/v3/")
    ? openapiDocument(path.slice("/openapi/v3/".length))
    : undefined;
  if (document !== undefined) return tagged(document, JSON_TYPE);
  const isAggregated = (call.headers.accept ?? "").includes("v=v2;as=APIGroupDiscoveryList");
  if (isAggregated && path === "/api") return tagged(JSON.stringify(aggregated([""])), AGGREGATED);
  if (isAggregated && path === "/apis") return tagged(JSON.stringify(aggregated(GROUPS)), AGGREGATED);
  const found = unaggregated(path, address());
  if (found !== undefined) return plain(found);
  const isInGroup = SERVED.some((prefix) => path.startsWith(prefix));
  return isInGroup ? noSuchResource() : notServed();
}

/** Where paths that lead nowhere are answered by a Status; elsewhere the server has a page for them. */
const SERVED = ["/api/v1/", ...GROUPS.map((group) => `/apis/${group}/v1/`)];

const tagged = (text: string, type: string): Answer => ({ code: 200, type, text, etag: `"${hashOf(text)}"` });

function serveReview(
  { objects }: Services,
  call: Call,
  { person, body }: { person: Person; body: Buffer },
): Answer | Refusal {
  if (call.verb !== "create") return methodNotAllowed();
  const isIdentity = call.target.kind === "review" && call.target.resource === "selfsubjectreviews";
  const decoded = decodeBody(
    call.headers,
    body,
    isIdentity ? "SelfSubjectReview" : "SelfSubjectAccessReview",
  );
  if (isRefusal(decoded)) return decoded;
  const review = isIdentity ? subjectReview(person, objects.now()) : accessReview(person, decoded);
  return isRefusal(review) ? review : plain(review, 201);
}

interface ObjectsRequest {
  readonly to: ResourceTarget;
  readonly body: Buffer;
}

function serveObjects(services: Services, call: Call, { to, body }: ObjectsRequest): Answer | Refusal {
  const form = formFor(call, services.objects.now);
  if (isRefusal(form)) return form;
  if (to.subresource === "scale" && to.kind.subresources.includes("scale"))
    return serveScale(services, call, { to, body });
  if (to.subresource === "log" && to.kind.subresources.includes("log")) return serveLog(services, call, to);
  const isKnown = to.subresource === "" || to.kind.subresources.some((name) => name === to.subresource);
  if (!isKnown) return noSuchResource();
  const { objects, listing } = services;
  switch (call.verb) {
    case "list": {
      const page = listing.list(to.kind, to.namespace, call.query);
      if (isRefusal(page)) return page;
      return { code: 200, type: JSON_TYPE, text: listText(to.kind, page.metadata, page.objects, form) };
    }
    case "get":
      return found(objects.get(to), form);
    case "create":
      return serveCreate(objects, call, { to, body, form });
    case "update": {
      const decoded = decodeKind(call, to, body);
      if (isRefusal(decoded)) return decoded;
      return made(objects.replace(to, decoded, writeOf(call, to)), form);
    }
    case "patch": {
      if (to.name === "") return methodNotAllowed();
      const patch = { type: mediaTypeOf(call.headers), body, isForced: call.query.get("force") === "true" };
      return made(patchObject(objects, to, patch, writeOf(call, to)), form);
    }
    case "delete":
      return serveDelete(objects, call, { to, body, form });
    case "deletecollection":
      return serveDeleteCollection(services, call, { to, body, form });
    default:
      return methodNotAllowed();
  }
}

const found = (result: JsonObject | Refusal, form: Form, code = 200): Answer | Refusal =>
  isRefusal(result) ? result : answer(result, form, code);

const made = (result: [JsonObject, boolean] | Refusal, form: Form): Answer | Refusal =>
  isRefusal(result) ? result : answer(result[0], form, result[1] ? 201 : 200);

interface FormedRequest extends ObjectsRequest {
  readonly form: Form;
}

function serveCreate(objects: Objects, call: Call, { to, body, form }: FormedRequest): Answer | Refusal {
  if (to.name !== "" || (to.kind.isNamespaced && to.namespace === "")) return methodNotAllowed();
  const decoded = decodeKind(call, to, body);
  if (isRefusal(decoded)) return decoded;
  return found(objects.create(to.kind, to.namespace, decoded, writeOf(call, to)), form, 201);
}

function decodeKind(call: Call, to: ResourceTarget, body: Buffer): JsonObject | Refusal {
  if (call.verb === "update" && to.name === "") return methodNotAllowed();
  const decoded = decodeBody(call.headers, body, to.kind.kind);
  return isRefusal(decoded) ? decoded : asKind(to.kind, decoded);
}

function serveDelete(objects: Objects, call: Call, { to, body, form }: FormedRequest): Answer | Refusal {
  const options = decodeOptions(call, body);
  if (isRefusal(options)) return options;
  const result = removeObject(objects, to, readRemoval(options, call.query));
  if (isRefusal(result)) return result;
  return result["kind"] === "Status" ? plain(result) : answer(result, form);
}

function decodeOptions(call: Call, body: Buffer): JsonObject | Refusal {
  if (body.length === 0) return {};
  const options = decodeBody(call.headers, body, "DeleteOptions");
  if (isRefusal(options)) return options;
  const { kind = "DeleteOptions", apiVersion = "v1" } = options;
  if (kind === "DeleteOptions") return options;
  return badRequest(
    `no kind "${textOf(kind)}" is registered for version "${textOf(apiVersion)}" in scheme "pkg/runtime/scheme.go:111"`,
  );
}

function serveDeleteCollection(
  services: Services,
  call: Call,
  { to, body, form }: FormedRequest,
): Answer | Refusal {
  const options = decodeOptions(call, body);
  if (isRefusal(options)) return options;
  const page = services.listing.list(to.kind, to.namespace, call.query);
  if (isRefusal(page)) return page;
  for (const object of page.objects) {
    // One that went meanwhile is just as gone.
    removeObject(services.objects, placeOf(to.kind, object), readRemoval(options, call.query));
  }
  return { code: 200, type: JSON_TYPE, text: listText(to.kind, page.metadata, page.objects, form) };
}

function serveScale({ objects }: Services, call: Call, { to, body }: ObjectsRequest): Answer | Refusal {
  if (call.verb === "get") {
    const live = objects.get(to);
    return isRefusal(live) ? live : plain(scaleOf(live));
  }
  if (call.verb !== "update" && call.verb !== "patch") return methodNotAllowed();
  const sent = call.verb === "patch" ? decodePatch(body) : decodeBody(call.headers, body, "Scale");
  if (isRefusal(sent)) return sent;
  const replaced = isObject(sent) ? sent : {};
  const change = call.verb === "patch" ? changeBy(mediaTypeOf(call.headers), sent) : () => replaced;
  const changed = objects.change(to, changeOfScale(change), writeOf(call, to));
  return isRefusal(changed) ? changed : plain(scaleOf(changed));
}

function serveLog({ objects }: Services, call: Call, to: ResourceTarget): Answer | Refusal {
  if (call.verb !== "get") return methodNotAllowed();
  const pod = objects.get(to);
  const text = isRefusal(pod) ? pod : podLog(pod, call.query);
  return isRefusal(text) ? text : { code: 200, type: "text/plain", text };
}

/** Who writes: the manager that the client names, else the program in its User-Agent. */
function writeOf(call: Call, to: ResourceTarget): Write {
  const isApply = call.verb === "patch" && mediaTypeOf(call.headers).startsWith("application/apply-patch");
  const program = (call.headers["user-agent"] ?? "unknown").split("/")[0] ?? "unknown";
  const manager: Manager = {
    name: call.query.get("fieldManager") ?? (isApply ? "" : program),
    operation: isApply ? "Apply" : "Update",
    apiVersion: groupVersion(to.kind),
    subresource: to.subresource,
  };
  return { manager, isDryRun: call.query.get("dryRun") === "All" };
}
