// Plays a window that is killed half-way: node doomedWindow.cjs <WindowOptions> <Pool>
import type { Pool } from "../../src/domain/config.ts";
import { FakeLog } from "../fakes/log.ts";
import { openWindow, type WindowOptions } from "./stagePerson.ts";

const [options = "", pool = ""] = process.argv.slice(2);
void openWindow(JSON.parse(options) as WindowOptions, new FakeLog())
  .devdeploy(JSON.parse(pool) as Pool)
  .then((outcome) => {
    // It was not killed in time: whoever started it has to learn why.
    process.stderr.write(`${JSON.stringify(outcome)}\n`);
    process.exit(1);
  });
