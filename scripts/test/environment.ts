/** Whether an environment variable is set and does not say no. */
export function isTruthy(variable: string): boolean {
  return !["", "0", "false", "no"].includes((process.env[variable] ?? "").toLowerCase());
}
