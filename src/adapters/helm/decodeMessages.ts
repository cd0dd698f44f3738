import type { RecordDriver } from "../../domain/release.ts";
import type { Decoded } from "./decode.ts";

/** The first word of the thread that decodes: its program could be loaded. */
export const READY = "ready";

/** What the thread is to decode; its answer is a `Decoded`. */
export interface DecodeOrder {
  readonly data: string;
  readonly driver: RecordDriver;
}

export const isOrder = (message: unknown): message is DecodeOrder =>
  typeof message === "object" && message !== null && "data" in message && "driver" in message;

export const isDecoded = (message: unknown): message is Decoded =>
  typeof message === "object" && message !== null && "ok" in message;
