import type { MachineView, PoolView } from "../../src/app/lockBoard.ts";
import type { Liveness } from "../../src/domain/cluster.ts";
import type { FolderView } from "../../src/ui/tree/folderView.ts";
import { aConfig, ann } from "./deploy.ts";
import { at } from "./lock.ts";

const live: Liveness = { kind: "live", verifiedAt: at("08:00") };

export const aMachineView = (name = "dev1", view: Partial<MachineView> = {}): MachineView => ({
  name,
  pool: "dev",
  state: { kind: "free" },
  lock: undefined,
  endsSoon: false,
  lastKnown: undefined,
  operation: undefined,
  liveness: live,
  ...view,
});

export const aPoolView = (view: Partial<PoolView> = {}): PoolView => ({
  name: "dev",
  waiters: [],
  liveness: live,
  ...view,
});

/** Ann looks at eight o'clock. */
export const aFolderView = (view: Partial<FolderView> = {}): FolderView => ({
  key: "demo",
  name: "demo",
  config: { kind: "valid", config: aConfig() },
  machines: [],
  pools: [],
  work: [],
  releases: [],
  machineReleases: [],
  me: ann,
  flags: () => [],
  nowAt: () => view.now ?? at("08:00"),
  now: at("08:00"),
  ...view,
});
