import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "../../../src/app/emitter.ts";

const NOTHING = (): undefined => undefined;

/** An emitter, and when its work began and ended. */
function attended(): { readonly emitter: Emitter<string>; readonly told: string[] } {
  const told: string[] = [];
  const emitter = new Emitter<string>({
    begin: () => told.push("begin"),
    end: () => told.push("end"),
  });
  return { emitter, told };
}

test("work begins with the first listener and ends with the last, as often as they come and go", () => {
  const { emitter, told } = attended();
  const first = emitter.event(NOTHING);
  const second = emitter.event(NOTHING);
  first.dispose();
  told.push("one is left");
  second.dispose();
  told.push("none is left");
  emitter.event(NOTHING).dispose();
  assert.deepEqual(told, ["begin", "one is left", "end", "none is left", "begin", "end"]);
});

test("whoever stops twice has stopped once, so that the work of others goes on", () => {
  const { emitter, told } = attended();
  const first = emitter.event(NOTHING);
  emitter.event(NOTHING);
  first.dispose();
  first.dispose();
  assert.deepEqual([told, emitter.hasListeners], [["begin"], true]);
});

test("one function that listens twice is told twice, and stops once at a time", () => {
  const emitter = new Emitter<string>();
  const heard: string[] = [];
  const listener = (event: string): void => void heard.push(event);
  const first = emitter.event(listener);
  emitter.event(listener);
  emitter.fire("both");
  first.dispose();
  emitter.fire("one");
  assert.deepEqual(heard, ["both", "both", "one"]);
});

test("once it is ended no listener begins or ends any work", () => {
  const { emitter, told } = attended();
  const listening = emitter.event(NOTHING);
  emitter.dispose();
  listening.dispose();
  emitter.event(NOTHING);
  assert.deepEqual(told, ["begin"]);
});
