// Plays a window that is killed half-way through a rollback: node doomedRollback.cjs <WindowOptions> <RollbackReview>
import type { RollbackReview } from "../../src/app/rollbackOutcome.ts";
import { FakeLog } from "../fakes/log.ts";
import { rollBackAs } from "./rollbackStage.ts";
import { openWindow, type WindowOptions } from "./stagePerson.ts";

const [options = "", review = ""] = process.argv.slice(2);
const window = JSON.parse(options) as WindowOptions;
void rollBackAs(window.name, openWindow(window, new FakeLog()), JSON.parse(review) as RollbackReview).then(
  (outcome) => {
    // It was not killed in time: whoever started it has to learn why.
    process.stderr.write(`${JSON.stringify(outcome)}\n`);
    process.exit(1);
  },
);
