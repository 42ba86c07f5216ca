import { readdirSync, readFileSync } from 'node:fs'

/**
 * CPU seconds, user and system, that a process has used so far (Linux only). The sum of what the scheduler says of its
 * threads, which is in nanoseconds where `/proc/PID/stat` has ticks of 10 ms.
 */
export function cpuSeconds(pid: number): number {
  const folder = `/proc/${pid}/task`
  const nanoseconds = readdirSync(folder).map((thread) =>
    Number(readFileSync(`${folder}/${thread}/schedstat`, 'latin1').split(' ')[0]),
  )
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e9
}
