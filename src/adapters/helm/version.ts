/** A version of helm, as `helm version --template {{.Version}}` prints it. */
export interface HelmVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** As printed, without a leading `v` and without build metadata. */
  readonly text: string;
}

/** `--reset-then-reuse-values`, labels on revisions and `--hide-notes` are all there from here on. */
export const OLDEST_HELM = "3.14.0";

/** Undefined where the text is no version, such as that of another program by the name of helm. */
export function parseHelmVersion(printed: string): HelmVersion | undefined {
  const match = /^v?(?<text>(?<major>\d+)\.(?<minor>\d+)\.(?<patch>\d+)(?:-[\w.-]+)?)(?:\+[\w.-]+)?$/u.exec(
    printed.trim(),
  )?.groups;
  if (match === undefined) return undefined;
  return {
    major: Number(match["major"]),
    minor: Number(match["minor"]),
    patch: Number(match["patch"]),
    text: match["text"] ?? "",
  };
}

/** Only 3.14 and later of helm 3, and helm 4: a later major may take other arguments. */
export const isSupported = (version: HelmVersion): boolean =>
  (version.major === 3 && version.minor >= 14) || version.major === 4;

/** Known vulnerabilities of a version; undefined where we know of none. */
export function knownVulnerabilities(version: HelmVersion): string | undefined {
  if (version.major === 3 && isBefore(version, 18, 5)) {
    const known = [
      ...(isBefore(version, 17, 3) ? ["CVE-2025-32386", "CVE-2025-32387"] : []),
      ...(isBefore(version, 18, 4) ? ["CVE-2025-53547"] : []),
      ...["CVE-2025-55198", "CVE-2025-55199"],
    ];
    return `${known.join(", ")}: 3.18.5`;
  }
  return version.major === 4 && isBefore(version, 1, 4)
    ? "CVE-2026-35204, CVE-2026-35205, CVE-2026-35206: 4.1.4"
    : undefined;
}

const isBefore = (version: HelmVersion, minor: number, patch: number): boolean =>
  version.minor < minor || (version.minor === minor && version.patch < patch);
