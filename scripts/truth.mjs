// `npm run test:truth`: does the rollback panel say what happened? `-- --json`, `--helm=3`, `--only="bad image"`.
import { runWhenReady } from "./bootstrap.mjs";

await runWhenReady("../test/truth/main.ts");
