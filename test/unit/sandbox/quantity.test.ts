import assert from "node:assert/strict";
import { test } from "node:test";
import {
  canonicalQuantity,
  quantityProblem,
  quantityText,
  readQuantity,
  sumOf,
} from "../../../src/sandbox/api/quantity.ts";

const written = (amounts: Readonly<Record<string, string>>): void => {
  assert.deepEqual(
    Object.fromEntries(Object.keys(amounts).map((amount) => [amount, canonicalQuantity(amount)])),
    amounts,
  );
};

test("an amount is written in the largest unit that leaves it whole", () => {
  written({
    ...{ "0.1": "100m", "1.5": "1500m", "1000m": "1", "1000": "1k", "0.0005": "1m", "2500M": "2500M" },
    ...{
      "1024Mi": "1Gi",
      "1536Mi": "1536Mi",
      "1.5Gi": "1536Mi",
      "2048Ki": "2Mi",
      "8192Ei": "9223372036854775807",
    },
    ...{ "1000e3": "1e6", "12e6": "12e6", "1e1": "10", "0.5e3": "500", "1e-3": "1e-3" },
  });
});

test("a binary amount that is small, or no whole number, is written as a decimal one", () => {
  written({ "0.5Ki": "512", "0.0001Ki": "103m", "0.1Mi": "104857600m", "1Ki": "1Ki" });
});

test("nothing is nothing, and what is smaller than a thousandth is one", () => {
  written({ ...{ "0": "0", "0Mi": "0", "00": "0", "0.0": "0", "-0": "0" }, "0.1n": "1m", "1000.5u": "2m" });
});

test("an amount that looks canonical keeps its letters", () => {
  written({ "1.500": "1.500", "01": "01", "+5": "+5", "1E3": "1E3", "-1.5": "-1500m", "100Mi": "100Mi" });
});

test("a number is read as its text", () => {
  assert.deepEqual([0.1, 2, 1e21].map(canonicalQuantity), ["100m", "2", "1e+21"]);
});

test("what is no amount stays, and is told in the words of the server", () => {
  const format =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  assert.deepEqual(
    ["64MB", "lots", "", "1K", "1GG"].map((text) => [canonicalQuantity(text), quantityProblem(text)]),
    [
      ["64MB", format],
      ["lots", format],
      ["", format],
      ["1K", "unable to parse quantity's suffix"],
      ["1GG", "unable to parse quantity's suffix"],
    ],
  );
});

test("a sum has the format of the first amount that is not nothing", () => {
  const sum = (...amounts: readonly string[]): string => quantityText(sumOf(amounts.map(readQuantity)));
  assert.deepEqual(
    [sum("600m", "0.4"), sum("0", "64Mi", "64Mi"), sum("1G", "1Ki"), sum()],
    ["1", "128Mi", "1000001024", "0"],
  );
});
