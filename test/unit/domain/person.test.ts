import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { holderIdentity, isSamePerson, parseHolderIdentity } from "../../../src/domain/person.ts";
import { ann } from "../../builders/deploy.ts";

test("a holder is the API server's user and the mail in lower case, always both", () => {
  assert.equal(
    holderIdentity({ user: "kubernetes-admin", mail: "Ann@Example.com" }),
    "kubernetes-admin <ann@example.com>",
  );
});

test("two people of one shared kubeconfig are two holders, and two spellings of one mail are one", () => {
  const admin = (mail: string, name = "") => ({ user: "kubernetes-admin", mail, name });
  assert.equal(isSamePerson(admin("ann@example.com"), admin("ben@example.com")), false);
  assert.equal(isSamePerson(admin("ann@example.com", "Ann"), admin("ANN@example.com", "Ann Lee")), true);
});

test("an identity is read back as it was written, whatever the user name holds", () => {
  fc.assert(
    fc.property(fc.string(), fc.emailAddress(), (user, mail) => {
      const person = { user, mail: mail.toLowerCase(), name: "Ann" };
      assert.deepEqual(parseHolderIdentity(holderIdentity(person), "Ann"), person);
    }),
  );
});

test("an identity of another form names somebody, and is never one of us", () => {
  const other = parseHolderIdentity("host-7_1f3a");
  assert.deepEqual(other, { user: "host-7_1f3a", mail: "", name: "host-7_1f3a" });
  assert.equal(isSamePerson(other, ann), false);
});

test("an identity of whatever form is written back as it was read: noting something changes no holder", () => {
  const identities = fc.oneof(fc.string(), fc.constantFrom("host-7_1f3a", "eve <>", "a <b> <c@d>", " <x>"));
  fc.assert(
    fc.property(identities, (text) => {
      const identity = text.toLowerCase();
      assert.equal(holderIdentity(parseHolderIdentity(identity)), identity);
    }),
  );
});

test("without a name the mail is shown", () => {
  assert.equal(parseHolderIdentity("ann <ann@example.com>").name, "ann@example.com");
});
