// `npm run soak`: half an hour of quiet, then a colleague's change: is it seen at once? `-- --minutes 5` for less.
import { runWhenReady } from "./bootstrap.mjs";

await runWhenReady("../bench/soak.ts");
