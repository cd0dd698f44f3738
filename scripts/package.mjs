// `npm run package`: devdeploy-VERSION.vsix, and a look at what is in it.
import { runWhenReady } from "./bootstrap.mjs";

await runWhenReady("./package/main.ts");
