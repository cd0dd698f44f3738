import type { DiagnosisCause } from "./diagnosis.ts";
import type { EventFact } from "./releaseFacts.ts";

export type ImageWhy = (DiagnosisCause & { readonly kind: "image" })["why"];

/** Reasons of a container that waits for its image. */
export const IMAGE_REASONS =
  /^(?:ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable|SignatureValidationFailed)$/u;

/** A binary of another processor: told by the runtime, or by the shell that tries to run it. */
export const OTHER_PROCESSOR = /exec format error/u;

/**
 * containerd's, CRI-O's and the registries' words; the kubelet hands them on. First match wins: a missing platform
 * also says `not found`, and Docker Hub says of what does not exist that access to it is denied.
 */
const IMAGE_WORDS: readonly (readonly [RegExp, ImageWhy])[] = [
  [
    /no match for platform|no matching manifest|does not match the (?:specified|detected) platform|no image found in (?:image index|manifest list)/iu,
    "platform",
  ],
  [
    /unauthorized|denied|authentication required|no basic auth credentials|\b401\b|\b403\b|Forbidden/iu,
    "denied",
  ],
  [
    /toomanyrequests|\b429\b|i\/o timeout|no such host|connection refused|connection reset|TLS handshake|x509|dial tcp|EOF|\b50[0234]\b|deadline exceeded/iu,
    "registry",
  ],
  [/not found|NotFound|manifest unknown|name unknown|\b404\b|does not exist/iu, "missing"],
];

/** Why an image cannot be had. */
export function whyNoImage(reason: string, message: string, events: readonly EventFact[]): ImageWhy {
  if (reason === "InvalidImageName") return "bad-name";
  if (reason === "RegistryUnavailable") return "registry";
  if (reason === "ErrImageNeverPull" || reason === "SignatureValidationFailed") return "other";
  // While it backs off, an older kubelet says no more than that; the event of the attempt says why.
  const pulls = events.filter((event) => event.reason === "Failed").map((event) => event.message);
  for (const words of [message, ...pulls]) {
    const found = IMAGE_WORDS.find(([pattern]) => pattern.test(words));
    if (found !== undefined) return found[1];
  }
  return "other";
}
