/** The program and arguments that run npm with these arguments, without a shell. */
export function npmCommand(args: readonly string[]): readonly [string, readonly string[]];
