/** What became of one test in the extension host. */
export interface HostResult {
  readonly name: string;
  /** Stack of the failure; absent where the test passed. */
  readonly failure?: string;
}

interface HostTest {
  readonly name: string;
  run(): Promise<void> | void;
}

const tests: HostTest[] = [];

/** Declares a test that runs inside VS Code's extension host, where node:test cannot. */
export function hostTest(name: string, run: () => Promise<void> | void): void {
  tests.push({ name, run });
}

/** Runs the declared tests one after the other. */
export async function runHostTests(): Promise<readonly HostResult[]> {
  const results: HostResult[] = [];
  for (const test of tests) {
    try {
      await test.run();
      results.push({ name: test.name });
    } catch (error) {
      results.push({
        name: test.name,
        failure: error instanceof Error ? (error.stack ?? "") : String(error),
      });
    }
  }
  return results;
}
