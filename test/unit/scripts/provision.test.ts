import assert from "node:assert/strict";
import { test } from "node:test";
import { isVersionFit, toolPath, type Tool } from "../../../scripts/tools/provision.ts";

test("a person's own program is taken only when its version will do", () => {
  const fits = (tool: Tool, ...said: readonly string[]): readonly boolean[] =>
    said.map((text) => isVersionFit(tool, text));
  assert.deepEqual(
    {
      helm3: fits("helm3", "v3.14.0", "v3.22.0+g1", "v3.13.3", "v4.0.0"),
      helm4: fits("helm4", "v4.0.0", "v4.3.1", "v3.22.0"),
      kubectl: fits(
        "kubectl",
        '{"gitVersion": "v1.33.0"}',
        '{"gitVersion": "v1.35.2"}',
        '{"gitVersion": "v1.32.9"}',
      ),
      silent: fits("helm3", "", "command not found"),
    },
    {
      helm3: [true, true, false, false],
      helm4: [true, true, false],
      kubectl: [true, true, false],
      silent: [false, false],
    },
  );
});

test("a program that the environment names and that will not do is refused by name", async (t) => {
  const before = process.env["DEVDEPLOY_HELM4"];
  process.env["DEVDEPLOY_HELM4"] = process.execPath;
  t.after(() => {
    if (before === undefined) delete process.env["DEVDEPLOY_HELM4"];
    else process.env["DEVDEPLOY_HELM4"] = before;
  });
  await assert.rejects(toolPath("helm4"), {
    name: "CannotProvide",
    message: `DEVDEPLOY_HELM4 names ${process.execPath}, which is not helm 4. Correct or unset it.`,
  });
});
