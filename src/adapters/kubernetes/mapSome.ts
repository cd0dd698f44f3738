const AT_ONCE = 8;

/** Like Promise.all over a map, with eight under way at most, so that a large release is no burst of requests. */
export async function mapSome<T, U>(items: readonly T[], run: (item: T) => Promise<U>): Promise<U[]> {
  const results = new Map<number, U>();
  const waiting = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of waiting) results.set(index, await run(item));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}
