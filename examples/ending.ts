/** How a program ends that npm has started in a terminal, and that has a Worker running. */

export type End = (exitCode: number) => void

/** Stops what runs and ends the process, once: Ctrl-C arrives twice, from the terminal and from npm. */
export function endingOnce(stop: () => Promise<unknown>): End {
  let isEnding = false
  return (exitCode) => {
    if (isEnding) return
    isEnding = true
    void stop()
      .catch((cause: unknown) => console.error(cause))
      .finally(() => process.exit(exitCode))
  }
}

/** In place of wrangler's own handlers, which end with 130 and leave npm to report an error. */
export function endOnSignals(end: End): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.removeAllListeners(signal)
    process.on(signal, () => end(0))
  }
}

/** Where npm is killed, its shell goes too, and nobody would tell this process, which has the port. `script` is its name in package.json. */
export function endWithNpm(script: string, end: End): void {
  if (process.env.npm_lifecycle_event !== script) return
  const shell = process.ppid
  setInterval(() => process.ppid !== shell && end(0), 500).unref()
}
