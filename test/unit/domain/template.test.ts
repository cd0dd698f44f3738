import assert from "node:assert/strict";
import { test } from "node:test";
import {
  renderPlace,
  renderTemplate,
  renderValues,
  templateUser,
  unknownTemplates,
  type TemplateFacts,
} from "../../../src/domain/template.ts";
import { aBranch, aCommit } from "../../builders/deploy.ts";

const facts: TemplateFacts = {
  commit: aCommit(),
  branch: aBranch("task/Pay"),
  user: "ann",
  machine: "dev1",
};

test("every fact has its name", () => {
  assert.equal(
    renderTemplate("${commit} ${shortCommit} ${branch} ${machine} ${environment} ${user}", facts),
    `${aCommit()} 4f1c0de task-pay dev1  ann`,
  );
});

test("unknown and unclosed names are found with their place", () => {
  assert.deepEqual(unknownTemplates("a ${commit} ${nope} ${open"), [
    { name: "nope", offset: 12, length: 7 },
    { name: "open", offset: 20, length: 6 },
  ]);
});

test("values are filled in depth; keys and what is no text stay as they are", () => {
  const values = {
    "image.tag": "${commit}",
    list: ["${branch}", 1, null, { deep: "${machine}" }],
    isOn: true,
    "${user}": "a,b={c}",
  };
  assert.deepEqual(renderValues(values, facts), {
    "image.tag": aCommit(),
    list: ["task-pay", 1, null, { deep: "dev1" }],
    isOn: true,
    "${user}": "a,b={c}",
  });
});

test("names that look like numbers and words of YAML stay texts", () => {
  for (const name of ["1e6", "null", "0012345", "true"]) {
    assert.deepEqual(renderValues({ v: "${branch}" }, { ...facts, branch: aBranch(name) }), { v: name });
  }
});

test("what only a deploy knows cannot be filled beforehand", () => {
  assert.equal(renderPlace("web-${machine}", { machine: "dev1" }), "web-dev1");
  assert.equal(renderPlace("web-${branch}", { machine: "dev1" }), undefined);
});

test("the user is the mail's first part, made safe", () => {
  assert.equal(templateUser("Ann.Lee+x@example.com"), "ann-lee-x");
});
