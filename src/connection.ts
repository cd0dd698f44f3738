import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import * as vscode from "vscode";
import { commitHistoryAt } from "./adapters/git/commitHistory.ts";
import { openRepository } from "./adapters/git/repository.ts";
import type { HelmDeployer } from "./adapters/helm/runner.ts";
import { systemClock as clock } from "./adapters/system/clock.ts";
import { readSettings } from "./adapters/vscode/settings.ts";
import { askHolder, keepMachine } from "./app/askHolder.ts";
import { BranchFates } from "./app/branchFates.ts";
import type { LockPlace } from "./app/changeLock.ts";
import { claimMachine } from "./app/claimMachine.ts";
import { diagnose, diagnoseWorkload } from "./app/diagnose.ts";
import { diffDocuments } from "./app/diffDocuments.ts";
import { EnvironmentBoard } from "./app/environmentBoard.ts";
import { liftHold } from "./app/environmentHold.ts";
import { extendLock } from "./app/extendLock.ts";
import type { KeptUndos } from "./app/keptUndo.ts";
import { LockBoard } from "./app/lockBoard.ts";
import { RolloutMonitor } from "./app/monitorRollout.ts";
import { holdOperation } from "./app/operationLease.ts";
import type { Clock, Log } from "./app/ports.ts";
import { ReleaseHistory } from "./app/releaseHistory.ts";
import { ReleasePods } from "./app/releasePods.ts";
import { reviewRollback } from "./app/reviewRollback.ts";
import { reviewUndo } from "./app/reviewUndo.ts";
import { RolloutHistory } from "./app/rolloutHistory.ts";
import { removeStuck, type RemoveServices } from "./app/removeStuck.ts";
import { rollBack, type RollBackServices } from "./app/rollBack.ts";
import type { CommitHistory, ImageRegistry } from "./app/rollbackPorts.ts";
import { takeOver } from "./app/takeOver.ts";
import { undoDocuments } from "./app/undoDocuments.ts";
import { undoRollout } from "./app/undoRollout.ts";
import { unlockMachine } from "./app/unlockMachine.ts";
import { acknowledgeKept, joinWaiting, leaveWaiting } from "./app/waitingList.ts";
import type { Cluster } from "./cluster.ts";
import type { Machine } from "./domain/config.ts";
import { lockRef } from "./domain/lock.ts";
import { fail } from "./domain/result.ts";
import type { Connection } from "./ui/model/connection.ts";
import type { RollbackConnection } from "./ui/model/rollbackConnection.ts";
import type { RolloutConnection } from "./ui/model/rolloutConnection.ts";
import type { Place } from "./ui/model/teamFolder.ts";

/** What every folder's connection is built upon. */
export interface ConnectServices {
  readonly deployer: HelmDeployer;
  readonly keptUndos: KeptUndos;
  readonly log: Log;
}

/** A folder's live models and use cases. The Kubernetes client loads here, when it is first needed. */
export async function connectTo(place: Place, services: ConnectServices): Promise<Connection> {
  const { deployer, keptUndos, log } = services;
  const { openCluster } = await import("./cluster.ts");
  const { kubeconfig } = readSettings();
  const cluster = openCluster({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    env: process.env,
    clock,
    log,
  });
  const shared = { ...cluster, clock, log, random: Math.random, newNonce: randomUUID };
  const locks = new LockBoard(shared);
  const releases = new EnvironmentBoard(shared);
  const repository = (signal: AbortSignal): ReturnType<typeof openRepository> =>
    openRepository(place.path, signal);
  const fates = new BranchFates({ clock, log, repository });
  const surroundings: Surroundings = {
    clock,
    log,
    random: Math.random,
    newNonce: randomUUID,
    commits: async (signal) => {
      const opened = await repository(signal);
      return opened.ok ? commitHistoryAt(opened.value.root) : undefined;
    },
    registry: cluster.registry({
      env: process.env,
      home: homedir(),
      clock,
      mayAsk: () => vscode.workspace.isTrusted,
    }),
  };
  return {
    locks,
    releases,
    fates,
    deployServices: () => {
      const pinned = { ...shared, ...cluster.pinned() };
      return {
        ...pinned,
        deployer,
        steadySeconds: readSettings().steadySeconds,
        claimMachine: (order, signal) => claimMachine(pinned, order, signal),
        takeOver: (order, signal) => takeOver(pinned, order, signal),
        holdOperation: (ref, { by, what }, signal) => holdOperation(pinned, { ref, by, what }, signal),
      };
    },
    unlockMachine: (request, signal) => unlockMachine(shared, placed(request), signal),
    extendLock: (request, signal) => extendLock(shared, placed(request), signal),
    askHolder: (request, signal) => askHolder(shared, placed(request), signal),
    joinWaiting: (request, signal) => joinWaiting(shared, request, signal),
    leaveWaiting: (request, signal) => leaveWaiting(shared, request, signal),
    keepMachine: (request, signal) => keepMachine(shared, placed(request), signal),
    acknowledgeKept: (request, signal) => acknowledgeKept(shared, request, signal),
    rollback: rollbackConnection(cluster, deployer, surroundings),
    rollouts: rolloutConnection(cluster, keptUndos, surroundings),
    documents: cluster.documents,
    monitor: (entry, listener) => new RolloutMonitor(shared, entry, listener),
    pods: (subject) => new ReleasePods(shared, subject),
    repository,
    dispose: () => {
      locks.dispose();
      releases.dispose();
      fates.dispose();
      cluster.dispose();
    },
  };
}

/** An order about a machine's lock, with the place where that lies. */
const placed = <O extends { readonly machine: Machine }>({
  machine,
  ...order
}: O): Omit<O, "machine"> & LockPlace => ({
  ...order,
  ref: lockRef(machine.name, machine.locks),
  pool: machine.pool,
});

/** What both ways of going back rest on beside the cluster. */
interface Surroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly newNonce: () => string;
  readonly registry: ImageRegistry;
  commits(signal: AbortSignal): Promise<CommitHistory | undefined>;
}

function rollbackConnection(
  cluster: Cluster,
  runner: HelmDeployer,
  surroundings: Surroundings,
): RollbackConnection {
  const { manifests } = cluster;
  // What a person reviews and what is then done keep to the cluster that they looked at, each from its first request.
  const pinned = () => ({ ...surroundings, ...cluster.pinned(), runner, manifests });
  const working = (): RollBackServices & RemoveServices => {
    const services = pinned();
    return {
      ...services,
      remover: runner,
      steadySeconds: readSettings().steadySeconds,
      diagnose: (what, signal) => diagnose(services, what, signal),
      holdOperation: (ref, { by, what }, signal) => holdOperation(services, { ref, by, what }, signal),
    };
  };
  return {
    history: (subject, defaultBranch) =>
      new ReleaseHistory({ ...surroundings, ...cluster, defaultBranch }, subject),
    review: (request, signal) => reviewRollback(pinned(), request, signal),
    rollBack: (request, onPhase, signal) => rollBack(working(), request, onPhase, signal),
    remove: (request, signal) => removeStuck(working(), request, signal),
    diffDocuments: (review) => diffDocuments({ manifests }, review),
    diagnose: async ({ release }, revision, signal) => {
      const { releases, evidence } = cluster.pinned();
      const record = await releases.revision(release, revision, signal);
      const found = record.ok ? record.value : undefined;
      return diagnose({ evidence }, { release, ...(found === undefined ? {} : { revision: found }) }, signal);
    },
    liftHold: ({ name, locks }, nonce, signal) =>
      liftHold({ ...surroundings, ...cluster.pinned() }, { ref: lockRef(name, locks), nonce }, signal),
  };
}

function rolloutConnection(
  cluster: Cluster,
  keptUndos: KeptUndos,
  surroundings: Surroundings,
): RolloutConnection {
  const { manifests, watches } = cluster;
  const pinned = () => ({ ...surroundings, ...cluster.pinned(), watches });
  return {
    history: (subject, defaultBranch) =>
      new RolloutHistory({ ...surroundings, ...cluster, defaultBranch }, subject),
    review: (request, signal) => reviewUndo(pinned(), request, signal),
    undo: (request, onPhase, signal) => {
      const services = pinned();
      return undoRollout(
        {
          ...services,
          keptUndos,
          steadySeconds: readSettings().steadySeconds,
          diagnoseWorkload: (of, aborting) => diagnoseWorkload(services, of, aborting),
          holdOperation: (ref, { by, what }, aborting) =>
            holdOperation(services, { ref, by, what }, aborting),
        },
        request,
        onPhase,
        signal,
      );
    },
    undoDocuments: (review) => Promise.resolve(undoDocuments({ manifests }, review)),
    list: (place, signal) => cluster.rollouts.list(place, signal),
    diagnose: ({ workload }, signal) => diagnoseWorkload(cluster.pinned(), workload, signal),
    liftHold: ({ place }, nonce, signal) =>
      place === undefined
        ? Promise.resolve(fail({ reason: "another-hold" }))
        : liftHold(pinned(), { ref: lockRef(place.name, place.locks), nonce }, signal),
  };
}
