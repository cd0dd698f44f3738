import { parentPort } from "node:worker_threads";
import { decodeRelease } from "./decode.ts";
import { isOrder, READY } from "./decodeMessages.ts";

// The program of the thread that decodes records: one order, one answer, until it is ended.
parentPort?.on("message", (order: unknown) => {
  if (isOrder(order)) void answer(order.data, order.driver);
});
parentPort?.postMessage(READY);

async function answer(...record: Parameters<typeof decodeRelease>): Promise<void> {
  parentPort?.postMessage(await decodeRelease(...record));
}
