import { at, textAt } from "../contract/json.ts";
import type { Both } from "./attempt.ts";
import { aWorkload, isReady, setImage, type BareStage } from "./bareStage.ts";
import { whyOf, type WhyAttempt } from "./whyAttempt.ts";
import { makePolicy, type BareScenario } from "./whyScenarios.ts";

const DAEMON = { kind: "DaemonSet" } as const;

/** Stories of a DaemonSet, which has one pod on the one node. */
export const WHY_DAEMON_SCENARIOS: readonly BareScenario[] = [
  updated("whose image is not found", "missing-b2", { is: /^image not found/u }),
  updated("that crashes", "crash-b2", { is: /exit code 1; last words.*a password hidden$/u }),
  updated(
    "with OnDelete",
    "b2",
    { is: /replaces no pod by itself$/u },
    { updateStrategy: { type: "OnDelete" } },
  ),
  updated("with minReadySeconds", "b2", { is: /available after 300 s$/u }, { minReadySeconds: 300 }),
  updated("that is well", "b2", { is: /^nothing wrong$/u }),
  { name: "why: DaemonSet whose pods are turned away", play: refused },
];

/** It ran well, and got another image. */
function updated(name: string, tag: string, how: WhyAttempt, spec: object = {}): BareScenario {
  return {
    name: `why: DaemonSet ${name}`,
    play: async (stage) => {
      await stage.create(aWorkload("a1", { ...DAEMON, spec }));
      const first = textAt(await stage.pod(isReady), "metadata", "name");
      await setImage(stage, tag, "daemonset/web");
      if (at(spec, "updateStrategy") === undefined)
        await stage.pod((pod) => textAt(pod, "metadata", "name") !== first);
      return whyOf(stage, { ...how, ...DAEMON });
    },
  };
}

async function refused(stage: BareStage): Promise<Both> {
  await makePolicy(stage);
  await stage.create(aWorkload("a1", DAEMON));
  return whyOf(stage, { is: /^turned away: ValidatingAdmissionPolicy/u, ...DAEMON });
}
