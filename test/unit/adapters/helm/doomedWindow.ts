// Plays a window that is killed while helm runs: node --import tsx doomedWindow.ts <folder> <supervisor> <helm>
import { HelmDeployer } from "../../../../src/adapters/helm/runner.ts";
import { anOrder, labSurroundings } from "./helmLab.ts";

const [folder = "", supervisor = "", helm = ""] = process.argv.slice(2);
const deployer = new HelmDeployer(labSurroundings(folder, supervisor), new Set());
await deployer.run(
  { name: "helm", path: helm, version: "3.18.5" },
  anOrder(),
  () => undefined,
  new AbortController().signal,
);
