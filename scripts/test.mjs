// `npm test`: everything; `node scripts/test.mjs unit|contract|panel|extension|cluster|linearizability`: one suite.
import { runWhenReady } from "./bootstrap.mjs";

await runWhenReady("./test/main.ts");
