// `npm start`: VS Code with Devdeploy over a demo team. `-- --context NAME` uses a real cluster.
import { runWhenReady } from "./bootstrap.mjs";

await runWhenReady("./start/main.ts");
