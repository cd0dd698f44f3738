import assert from "node:assert/strict";
import { test } from "node:test";
import { podState, readyPods, somePods, worstState } from "../../../src/domain/livePods.ts";
import { aPod } from "../../builders/rollouts.ts";

const waiting = (
  reason: string,
): { readonly container: string; readonly reason: string; message: string } => ({
  container: "app",
  reason,
  message: "",
});

test("a pod's state is what a person has to know of it first", () => {
  const states = [
    aPod(),
    aPod({ restarts: 1 }),
    aPod({ ready: false }),
    aPod({ ready: false, waiting: waiting("ContainerCreating") }),
    aPod({ ready: false, restarts: 2 }),
    aPod({ ready: false, waiting: waiting("ImagePullBackOff") }),
    aPod({ ready: true, waiting: waiting("CrashLoopBackOff") }),
    aPod({ ready: false, phase: "Failed" }),
    aPod({ ready: false, phase: "Succeeded" }),
    aPod({ isBeingDeleted: true, waiting: waiting("CrashLoopBackOff") }),
  ].map(podState);
  assert.deepEqual(states, [
    "ready",
    "restarted",
    "starting",
    "starting",
    "failing",
    "failing",
    "failing",
    "failing",
    "done",
    "ending",
  ]);
});

test("a pod that is being deleted is not counted among the ready ones", () => {
  const pods = [
    aPod({ name: "a" }),
    aPod({ name: "b", isBeingDeleted: true }),
    aPod({ name: "c", ready: false }),
  ];
  assert.equal(readyPods(pods), 1);
});

test("the worst state of several pods is what they are told by", () => {
  const ending = aPod({ name: "c", isBeingDeleted: true });
  const failing = aPod({ name: "b", ready: false, waiting: waiting("ErrImagePull") });
  assert.deepEqual(
    [worstState([ending, aPod(), failing]), worstState([ending, aPod()]), worstState([])],
    ["failing", "ready", undefined],
  );
});

test("a short list keeps the pods that are in trouble, and its order whatever their states are", () => {
  const pods = ["web-10", "web-2", "web-1", "web-0"].map((name) =>
    aPod({ name, ...(name === "web-10" ? { ready: false, restarts: 3 } : {}) }),
  );
  const { pods: listed, more } = somePods(pods, 3);
  assert.deepEqual([listed.map(({ name }) => name), more], [["web-0", "web-1", "web-10"], 1]);
});
