import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Deployed, Monitored, MonitorListener, MonitorTrouble } from "../../../src/app/monitors.ts";
import { MINUTE_MS } from "../../../src/domain/time.ts";
import type { Connection } from "../../../src/ui/model/connection.ts";
import { aConfig } from "../../builders/deploy.ts";
import { at } from "../../builders/lock.ts";
import { anAddress } from "../../builders/rollouts.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { FakeLog } from "../../fakes/log.ts";
import { FakeTold } from "../../fakes/told.ts";

process.env["TZ"] = "Europe/Berlin";
const { Emitter } = await import("../../../src/app/emitter.ts");
const { Monitoring } = await import("../../../src/ui/monitoring.ts");
const { keptMonitors } = await import("../../../src/ui/keptMonitors.ts");
const { monitorNotice } = await import("../../../src/ui/messages/monitoring.ts");
const { buttonLabel } = await import("../../../src/ui/messages/buttons.ts");

const release = { context: "staging", namespace: "dev1", release: "dev1" };
const what: Deployed = { kind: "release", release, revision: 5 };
const proven = { folder: "demo", subject: "dev1", target: "dev1", what };
const TROUBLE: MonitorTrouble = {
  workload: anAddress(),
  troubles: [{ kind: "restarted", pod: "web-1", restarts: 1, since: at("08:05") }],
};

/** What VS Code keeps of a workspace; windows of a test share what they are told. */
class Memory {
  readonly #kept = new Map<string, unknown>();

  get(key: string): unknown {
    return this.#kept.get(key);
  }

  update(key: string, value: unknown): Promise<void> {
    this.#kept.set(key, JSON.parse(JSON.stringify(value)));
    return Promise.resolve();
  }
}

let memory: Memory;
let told: FakeTold;
let clock: ManualClock;
beforeEach(() => {
  memory = new Memory();
  told = new FakeTold();
  clock = new ManualClock(at("08:00"));
});

/** A window, with the monitors that it has opened. */
class Window {
  readonly #changes = new Emitter<void>();
  readonly opened: { readonly entry: Monitored; readonly listener: MonitorListener; isOpen: boolean }[] = [];
  readonly said: string[] = [];
  isTrusted = true;
  connection = this.#connect();
  readonly monitoring;

  constructor() {
    const folder = { team: aConfig(), wake: () => Promise.resolve(this.connection) };
    const folders = {
      find: (key: string) => (key === "demo" ? folder : undefined),
      onChange: this.#changes.event,
    };
    Object.defineProperty(folders, "isTrusted", { get: () => this.isTrusted });
    this.monitoring = new Monitoring({
      ...{ clock, log: new FakeLog(), told, foldersRead: Promise.resolve() },
      folders: folders as unknown as ConstructorParameters<typeof Monitoring>[0]["folders"],
      kept: keptMonitors(memory),
      tell: ({ subject }, { workload }) => {
        this.said.push(`${subject} ${workload.name}`);
        return Promise.resolve();
      },
    });
  }

  /** The folder's connection is another one from now on. */
  reconnect(): void {
    this.connection = this.#connect();
  }

  async look(): Promise<void> {
    this.#changes.fire();
    await clock.advance(0);
  }

  get state(): readonly string[] {
    return this.opened.map(({ entry, isOpen }) => `${entry.subject} ${isOpen ? "open" : "closed"}`);
  }

  #connect(): Connection {
    const connection: Partial<Connection> = {
      monitor: (entry, listener) => {
        const opened = { entry, listener, isOpen: true };
        this.opened.push(opened);
        return {
          dispose: () => {
            opened.isOpen = false;
          },
        };
      },
    };
    return connection as Connection;
  }
}

test("what was proven is watched for the time that devdeploy.json names, and told once", async () => {
  const window = new Window();
  window.monitoring.deployed(proven);
  await window.look();
  await window.look();
  const [first] = window.opened;
  first?.listener.trouble(TROUBLE);
  await window.look();
  assert.deepEqual(
    [window.state, first?.entry.provenAt, first?.entry.until, window.said, keptMonitors(memory).load()],
    [["dev1 closed"], at("08:00"), at("08:00") + aConfig().monitoring.minutes * MINUTE_MS, ["dev1 web"], []],
  );
});

test("a window that is reloaded goes on from what was kept, and tells nothing twice", async () => {
  const before = new Window();
  before.monitoring.deployed(proven);
  await before.look();
  const baselines = { "Deployment/web": { revision: "rs2", restarts: { "uid-1": 2 } } };
  before.opened[0]?.listener.kept(baselines);
  before.monitoring.dispose();
  const after = new Window();
  await after.look();
  const kept = after.opened[0]?.entry.baselines;
  before.opened[0]?.listener.trouble(TROUBLE);
  after.opened[0]?.listener.trouble(TROUBLE);
  await after.look();
  assert.deepEqual(
    [before.state, kept, [...before.said, ...after.said]],
    [["dev1 closed"], baselines, ["dev1 web"]],
  );
});

test("what is over, ended or unreadable is not kept", async () => {
  const window = new Window();
  window.monitoring.deployed(proven);
  await window.look();
  clock.sleepMachine(24 * 60 * MINUTE_MS);
  const late = new Window();
  await late.look();
  await memory.update("devdeploy.monitored", [{ id: 1 }, "odd"]);
  const odd = new Window();
  await odd.look();
  odd.monitoring.deployed(proven);
  await odd.look();
  odd.opened[0]?.listener.ended();
  assert.deepEqual([late.state, odd.state, keptMonitors(memory).load()], [[], ["dev1 closed"], []]);
});

test("another connection of the folder is watched in place of the former one", async () => {
  const window = new Window();
  window.isTrusted = false;
  window.monitoring.deployed(proven);
  await window.look();
  const untrusted = [...window.state];
  window.isTrusted = true;
  await window.look();
  window.reconnect();
  await window.look();
  assert.deepEqual([untrusted, window.state], [[], ["dev1 closed", "dev1 open"]]);
});

test("of a folder that is not here, or wants no monitoring, nothing is watched", async () => {
  const window = new Window();
  window.monitoring.deployed({ ...proven, folder: "other" });
  await window.look();
  assert.deepEqual([window.state, keptMonitors(memory).load()], [[], []]);
});

const entry: Monitored = {
  ...proven,
  ...{ id: "1", provenAt: at("08:00"), until: at("08:15"), baselines: {} },
};

/** `warning: text [button]` */
function said(troubles: MonitorTrouble["troubles"], more: Partial<Parameters<typeof monitorNotice>[0]> = {}) {
  const { severity, text, buttons } = monitorNotice({
    ...{ entry, trouble: { ...TROUBLE, troubles }, diagnosis: undefined, buttons: [], now: at("08:06") },
    ...more,
  });
  return [`${severity}: ${text}`, ...buttons.map((button) => `[${buttonLabel(button)}]`)].join(" ");
}

const sentence = (facts: string): string =>
  `warning: dev1 got into trouble after it was proven: ${facts}. The newest deploy there is still yours: revision 5, 6 min ago.`;

test("the notification says what, where, since when and why, with the way back and the log", () => {
  const since = at("08:05");
  const commit = "4f1c0de".padEnd(40, "0") as NonNullable<Monitored["commit"]>;
  const to = { kind: "roll-back", folder: "demo", subject: "dev1", target: "dev1" } as const;
  assert.deepEqual(
    [
      said([{ kind: "restarted", pod: "web-1", restarts: 1, since }]),
      said([
        { kind: "restarted", pod: "web-1", restarts: 3, since },
        { kind: "failed", pod: "web-2", since },
      ]),
      said([{ kind: "not-ready", pod: "web-1", since }]),
      said([{ kind: "no-pods", message: "exceeded quota: pods", since }]),
      said([{ kind: "waiting", pod: "web-1", container: "app", reason: "ImagePullBackOff", since }], {
        entry: { ...entry, commit },
        diagnosis: {
          cause: { kind: "crash-loop", pod: "web-1", container: "app", exitCode: 1, restarts: 1 },
          evidence: [],
        },
        buttons: [{ ...to, chosen: 4, commit }, { ...to, chosen: 4 }, to, { kind: "show-log" }],
      }),
    ],
    [
      sentence("pod web-1 restarted at 09:05 (08:05 UTC)"),
      sentence("pod web-1 has restarted 3 times, last at 09:05 (08:05 UTC) (1 more in trouble)"),
      sentence("pod web-1 is not ready since 09:05 (08:05 UTC)"),
      sentence("no pod of web comes to be since 09:05 (08:05 UTC) (exceeded quota: pods)"),
      "warning: dev1 got into trouble after it was proven: container app of pod web-1 waits since 09:05 (08:05 UTC) (ImagePullBackOff). Container app of web-1 ended with exit code 1 (an error of its own) and was started again. The newest deploy there is still yours: 4f1c0de (revision 5), 6 min ago. [Roll Back to 4f1c0de…] [Roll Back to Revision 4…] [Roll Back…] [Show Log]",
    ],
  );
});
