import type { Write } from "../api/objects.ts";

/** How the controller manager writes: `apiVersion` is the one that its account of fields names. */
export const controllerWrite = (apiVersion: string, subresource = ""): Write => ({
  manager: { name: "controller-manager", operation: "Update", apiVersion, subresource },
});

export const CORE_WRITE = controllerWrite("v1");
export const CORE_STATUS = controllerWrite("v1", "status");
export const APPS_WRITE = controllerWrite("apps/v1");
export const APPS_STATUS = controllerWrite("apps/v1", "status");
