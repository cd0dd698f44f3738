import { runProgram, type Ended } from "../contract/program.ts";
import { at, listAt, textAt } from "../contract/json.ts";

/** Who looks at a release: programs of others, over a connection that nobody cuts. */
export interface Glasses {
  readonly helm: string;
  readonly kubectl: string;
  /** An administrator's. */
  readonly kubeconfig: string;
  readonly home: string;
}

export interface Entry {
  readonly revision: number;
  readonly status: string;
  readonly description: string;
}

/** Finds out with helm and kubectl what is true of a release. Nothing of Devdeploy is used here. */
export class Onlooker {
  readonly #glasses: Glasses;
  readonly #namespace: string;
  readonly #release: string;
  readonly #letters: Readonly<Record<string, string>>;

  /** `letters` names commits, by their hashes as tags of images carry them. */
  constructor(
    glasses: Glasses,
    at: {
      readonly namespace: string;
      readonly release: string;
      readonly letters: Readonly<Record<string, string>>;
    },
  ) {
    this.#glasses = glasses;
    this.#namespace = at.namespace;
    this.#release = at.release;
    this.#letters = at.letters;
  }

  helm(...args: readonly string[]): Promise<Ended> {
    return this.#run(this.#glasses.helm, args);
  }

  kubectl(...args: readonly string[]): Promise<Ended> {
    return this.#run(this.#glasses.kubectl, args);
  }

  /** Oldest first, as `helm history` has it. */
  async history(): Promise<readonly Entry[]> {
    const found = await this.#json(this.helm("history", this.#release, "--output", "json"));
    return listAt({ found }, "found").map((entry) => ({
      revision: Number(at(entry, "revision")),
      status: textAt(entry, "status"),
      description: textAt(entry, "description"),
    }));
  }

  async newest(): Promise<Entry> {
    const [newest] = (await this.history()).slice(-1);
    if (newest === undefined) throw new Error(`helm knows nothing of ${this.#release}`);
    return newest;
  }

  /** The pods of the application that are not going. */
  async pods(): Promise<readonly unknown[]> {
    const found = await this.#json(this.kubectl("get", "pods", "-l", `app=${this.#release}`, "-o", "json"));
    return listAt(found, "items").filter((pod) => at(pod, "metadata", "deletionTimestamp") === undefined);
  }

  async podNames(): Promise<readonly string[]> {
    return (await this.pods()).map((pod) => textAt(pod, "metadata", "name")).sort();
  }

  /** The commits whose pods are ready. */
  async ready(): Promise<string> {
    const ready = (await this.pods()).filter(isReady).map((pod) => this.letterIn(imageOf(pod)));
    return [...new Set(ready)].sort().join(" and ") || "no";
  }

  async wantedImage(): Promise<string> {
    const deployment = await this.#json(this.kubectl("get", "deployment", this.#release, "-o", "json"));
    return textAt(deployment, "spec", "template", "spec", "containers", 0, "image");
  }

  /** The image that helm's manifest of a revision names. */
  async recordedImage(revision: number): Promise<string> {
    const { stdout } = await this.helm("get", "manifest", this.#release, "--revision", String(revision));
    return /^\s*image: "?(?<image>[^"\s]+)"?\s*$/mu.exec(stdout)?.groups?.["image"] ?? "";
  }

  /** Whether a rollback to `to` that began when `before` was the newest is done, from the record to the last pod. */
  async isDone(before: number, to: number): Promise<boolean> {
    const history = await this.history();
    const newest = history.at(-1);
    const deployed = history.filter(({ status }) => status === "deployed");
    const deployment = await this.#json(this.kubectl("get", "deployment", this.#release, "-o", "json"));
    const image = await this.recordedImage(to);
    const pods = await this.pods();
    return (
      newest?.revision === before + 1 &&
      newest.description === `Rollback to ${to}` &&
      deployed.length === 1 &&
      deployed[0] === newest &&
      at(deployment, "metadata", "generation") === at(deployment, "status", "observedGeneration") &&
      // A release that wants no pods at all was not brought back for anybody.
      pods.length > 0 &&
      pods.length === at(deployment, "spec", "replicas") &&
      pods.every((pod) => isReady(pod) && imageOf(pod) === image)
    );
  }

  /** What keeps the pods or a hook from being well; undefined where they are. */
  async trouble(): Promise<string | undefined> {
    const jobs = listAt(await this.#json(this.kubectl("get", "jobs", "-o", "json")), "items");
    const hasFailed = jobs.some((job) =>
      listAt(job, "status", "conditions").some(
        (condition) => at(condition, "type") === "Failed" && at(condition, "status") === "True",
      ),
    );
    if (hasFailed) return "hook failed";
    const image = await this.wantedImage();
    const [sick] = (await this.pods()).filter((pod) => imageOf(pod) === image && !isReady(pod));
    return sick === undefined ? undefined : this.#ill(sick);
  }

  letterIn(image: string): string {
    return Object.entries(this.#letters).find(([, hash]) => image.includes(hash))?.[0] ?? image;
  }

  async #ill(pod: unknown): Promise<string> {
    const status = at(pod, "status", "containerStatuses", 0);
    const reason = at(status, "state", "waiting", "reason");
    const exitCode = at(status, "lastState", "terminated", "exitCode");
    if (reason === "ImagePullBackOff" || reason === "ErrImagePull") {
      const message = textAt(status, "state", "waiting", "message");
      return message.endsWith("not found") ? "image missing" : "image cannot be pulled";
    }
    if (exitCode !== undefined) return `crash loop, exit code ${Number(exitCode)}`;
    const uid = textAt(pod, "metadata", "uid");
    const events = await this.#json(
      this.kubectl("get", "events", "--field-selector", `involvedObject.uid=${uid}`, "-o", "json"),
    );
    const probe = listAt(events, "items").find((event) => at(event, "reason") === "Unhealthy");
    return probe === undefined ? "not ready" : `not ready, ${textAt(probe, "message")}`;
  }

  async #json(ended: Promise<Ended>): Promise<unknown> {
    const { code, stdout, stderr } = await ended;
    if (code !== 0) throw new Error(`the onlooker saw nothing: ${stderr}`);
    return JSON.parse(stdout);
  }

  #run(program: string, args: readonly string[]): Promise<Ended> {
    const { kubeconfig, home } = this.#glasses;
    return runProgram(program, [...args, "--namespace", this.#namespace], {
      KUBECONFIG: kubeconfig,
      HOME: home,
    });
  }
}

const isReady = (pod: unknown): boolean =>
  listAt(pod, "status", "conditions").some(
    (condition) => at(condition, "type") === "Ready" && at(condition, "status") === "True",
  );

const imageOf = (pod: unknown): string => textAt(pod, "spec", "containers", 0, "image");
