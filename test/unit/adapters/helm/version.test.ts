import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isSupported,
  knownVulnerabilities,
  parseHelmVersion,
} from "../../../../src/adapters/helm/version.ts";

const rows: readonly (readonly [printed: string, isSupported: boolean, isVulnerable: boolean])[] = [
  ["v2.17.0", false, false],
  ["v3.13.3", false, true],
  ["v3.14.0", true, true],
  ["v3.18.4", true, true],
  ["v3.18.5", true, false],
  ["v3.22.0+g1234567\n", true, false],
  ["v4.0.0", true, true],
  ["v4.1.3", true, true],
  ["v4.1.4", true, false],
  ["v4.3.1-rc.1", true, false],
  ["v5.0.0", false, false],
];

for (const [printed, supported, vulnerable] of rows) {
  test(`${printed.trim()} is ${supported ? "" : "not "}supported and ${vulnerable ? "" : "not "}warned of`, () => {
    const version = parseHelmVersion(printed);
    assert.ok(version !== undefined);
    assert.deepEqual(
      [isSupported(version), knownVulnerabilities(version) !== undefined],
      [supported, vulnerable],
    );
  });
}

test("the warning names what is known of the version and what mends it", () => {
  const version = parseHelmVersion("v3.17.3");
  assert.ok(version !== undefined);
  assert.equal(knownVulnerabilities(version), "CVE-2025-53547, CVE-2025-55198, CVE-2025-55199: 3.18.5");
});

test("another program by the name of helm tells no version", () => {
  for (const text of ["", "helm 3", "v3", "Usage: helm"]) assert.equal(parseHelmVersion(text), undefined);
});
