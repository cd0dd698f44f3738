import { arch, cpus, loadavg, platform, release, totalmem } from "node:os";

/** Prints what the figures were measured on, and how busy that was with other things: a load above its processors spoils them. */
export function sayMachine(): void {
  const [cpu] = cpus();
  console.log(
    `Machine: ${platform()} ${release()} ${arch()}, ${cpus().length} × ${cpu?.model.trim() ?? "unknown"}, ` +
      `${Math.round(totalmem() / 2 ** 30)} GiB; Node ${process.versions.node}; ` +
      `load ${(loadavg()[0] ?? 0).toFixed(1)}`,
  );
}
