// A reporter of node:test that writes nothing but the counts, as JSON: the terminal has another. Plain Node,
// since the reporter is loaded before anything that could load TypeScript.
import { basename } from "node:path";

/** @param {AsyncIterable<import("node:test/reporters").TestEvent>} events */
export default async function* countingReporter(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    if (type === "test:pass" && !isGroup(data)) {
      const isSkipped = data.skip !== undefined || data.todo !== undefined;
      counts[isSkipped ? "skipped" : "passed"] += 1;
    }
    // A group fails with its members, which are counted themselves.
    if (type === "test:fail" && data.details.error.failureType !== "subtestsFailed") counts.failed += 1;
  }
  yield JSON.stringify(counts);
}

/** A suite, or the whole file, which node:test reports as a test where the file has none of its own. */
function isGroup({ name, file, details }) {
  return details.type === "suite" || (file !== undefined && basename(name) === basename(file));
}
