import type { Told } from "../../src/app/ports.ts";

/** What was told, in memory; two windows of one computer share one. */
export class FakeTold implements Told {
  readonly keys = new Set<string>();

  first(key: string): Promise<boolean> {
    const isFirst = !this.keys.has(key);
    this.keys.add(key);
    return Promise.resolve(isFirst);
  }
}
