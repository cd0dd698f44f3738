import { arch, cpus, platform, release, totalmem } from "node:os";

/** Prints what the figures were measured on. */
export function sayMachine(): void {
  const [cpu] = cpus();
  console.log(
    `Machine: ${platform()} ${release()} ${arch()}, ${cpus().length} × ${cpu?.model.trim() ?? "unknown"}, ` +
      `${Math.round(totalmem() / 2 ** 30)} GiB; Node ${process.versions.node}`,
  );
}
