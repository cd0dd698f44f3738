// `npm run bench`: what Devdeploy costs, measured on this machine. `-- sizes|activation|watch|claims|contention|memory|history|releases|blocked|rollouts|clickToProof|diagnosis` for one of them.
import { runWhenReady } from "./bootstrap.mjs";

await runWhenReady("../bench/main.ts");
