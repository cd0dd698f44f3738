import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { formFor } from "./api/representation.ts";
import { type Answer, serve, type Services } from "./api/serve.ts";
import { type Call, parseCall } from "./call.ts";
import type { Certificate } from "./certificate.ts";
import { decide, type Rules } from "./decide.ts";
import { isRefusal, Refusal } from "./refusal.ts";
import { readWatch, runWatch } from "./watch.ts";

/** What the server needs besides its certificate. */
export interface Door {
  readonly services: Services;
  readonly rules: Rules;
  readonly bookmarkMs: number;
}

/** The largest body that is read, in bytes, as the real server limits it. */
const MAX_BODY = 3 * 1024 * 1024;

/** Makes the HTTPS server; it does not listen yet. */
export const makeServer = (door: Door, { key, cert }: Certificate): Server =>
  createServer({ key, cert, ALPNProtocols: ["http/1.1"], keepAliveTimeout: 120_000 }, (request, response) => {
    void handle(door, request, response);
  });

async function handle(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = parseCall(request.method ?? "GET", request.url ?? "/", request.headers);
  const decision = decide(door.rules, call);
  const body = await readBody(request);
  if (decision.kind === "drop") {
    request.socket.destroy();
    return;
  }
  if (decision.kind === "refuse") {
    const { refusal, retryAfterSeconds } = decision;
    if (retryAfterSeconds !== undefined) response.setHeader("Retry-After", String(retryAfterSeconds));
    writeRefusal(response, refusal);
    return;
  }
  const { fault, person } = decision;
  if (fault?.kind === "delay") await passing(fault.delayMs);
  if (body === undefined) {
    writeRefusal(
      response,
      new Refusal(413, "RequestEntityTooLarge", `Request entity too large: limit is ${MAX_BODY}`),
    );
    return;
  }
  if (call.verb === "watch" && call.target.kind === "objects") {
    startWatch(door, call, { response, isSilent: fault?.kind === "silence" });
    return;
  }
  const result = serve(door.services, call, { person, body });
  if (fault?.kind === "lose-reply") request.socket.destroy();
  else if (isRefusal(result)) writeRefusal(response, result);
  else writeAnswer(request, response, result);
}

const passing = (delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });

/** Reads a whole body; undefined when it is too large or the client went away. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= MAX_BODY) chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return size > MAX_BODY ? undefined : Buffer.concat(chunks);
}

function commonHeaders(response: ServerResponse, type: string): void {
  response.setHeader("Audit-Id", randomUUID());
  response.setHeader("Cache-Control", "no-cache, private");
  response.setHeader("Content-Type", type);
}

function writeAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  commonHeaders(response, answer.type);
  if (answer.etag !== undefined) {
    response.setHeader("ETag", answer.etag);
    response.setHeader("Vary", "Accept");
    response.setHeader("Cache-Control", "public");
    if (request.headers["if-none-match"] === answer.etag) {
      response.removeHeader("Content-Type");
      response.writeHead(304).end();
      return;
    }
  }
  const isEmpty = request.method === "HEAD";
  const text = answer.type === "application/json" ? `${answer.text}\n` : answer.text;
  response.writeHead(answer.code, { "Content-Length": Buffer.byteLength(text) });
  response.end(isEmpty ? undefined : text);
}

function writeRefusal(response: ServerResponse, refusal: Refusal): void {
  const isPage = refusal.reason === "" && refusal.code === 404;
  commonHeaders(response, isPage ? "text/plain; charset=utf-8" : "application/json");
  response.writeHead(refusal.code);
  response.end(isPage ? `${refusal.message}\n` : `${JSON.stringify(refusal.toStatus())}\n`);
}

function startWatch(door: Door, call: Call, to: { response: ServerResponse; isSilent: boolean }): void {
  const { response, isSilent } = to;
  if (call.target.kind !== "objects") return;
  const { kind, namespace } = call.target.to;
  const form = formFor(call, door.services.objects.now);
  const order = isRefusal(form) ? form : readWatch(kind, namespace, call.query, form);
  if (isRefusal(order)) {
    writeRefusal(response, order);
    return;
  }
  commonHeaders(response, "application/json;stream=watch");
  response.writeHead(200);
  response.flushHeaders();
  const stop = runWatch(door.services.objects.store, order, {
    write: (line) => {
      if (!isSilent) response.write(line);
    },
    end: () => response.end(),
    bookmarkMs: door.bookmarkMs,
  });
  response.on("close", stop);
}
