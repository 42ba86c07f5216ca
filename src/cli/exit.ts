/** What the shell is told: scripts can tell a bad datafile from a command that could not be carried out. */
export const EXIT = {
  done: 0,
  /** The datafile is not valid, or the Worker or the store refused it. Nothing was changed. */
  refused: 1,
  /** Usage, file, network, or a tool that failed. */
  failed: 2,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What a command has to say, line by line, and how it ended. Errors and warnings go to stderr. */
export interface Outcome {
  readonly exitCode: ExitCode
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
}

/** An outcome that is an error in so many lines. */
export function failure(exitCode: ExitCode, ...stderr: readonly string[]): Outcome {
  return { exitCode, stdout: [], stderr }
}
