import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** A program of the package. */
export interface BundleSize {
  readonly file: string;
  readonly bytes: number;
  readonly gzipped: number;
}

/** The sizes of what the last production build made, largest first. */
export async function bundleSizes(): Promise<readonly BundleSize[]> {
  const files = (await readdir("dist")).filter((file) => /\.(?:cjs|js)$/u.test(file));
  const sizes = await Promise.all(
    files.map(async (file): Promise<BundleSize> => {
      const content = await readFile(join("dist", file));
      return { file, bytes: content.length, gzipped: gzipSync(content).length };
    }),
  );
  return sizes.sort((a, b) => b.bytes - a.bytes);
}
