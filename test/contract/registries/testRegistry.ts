import { startRealRegistry } from "./realRegistry.ts";
import { startSmallRegistry } from "./smallRegistry.ts";
import type { TokenServer } from "./tokenServer.ts";

/** How a registry wants to be shown who asks. */
export type RegistryDoor =
  | { readonly kind: "open" }
  | { readonly kind: "basic" }
  | { readonly kind: "token"; readonly tokens: TokenServer };

/** A registry on this machine, with the image `public/app:1` and `private/app:1`. */
export interface TestRegistry {
  /** e.g. `127.0.0.1:5000`. */
  readonly host: string;
  /** The digest that `app:1` stands for. */
  readonly digest: string;
  stop(): Promise<void>;
}

export const REPOSITORIES = ["public/app", "private/app"] as const;

/** The registry of the CNCF where a real control plane is tested as well, else a small one that speaks its protocol. */
export const startTestRegistry = (door: RegistryDoor): Promise<TestRegistry> =>
  process.env["DEVDEPLOY_CONTRACT_TARGET"] === "controlplane"
    ? startRealRegistry(door)
    : startSmallRegistry(door);
