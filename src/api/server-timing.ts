import type { FoundDatafile } from '../store/datafile-store.ts'

/**
 * Where the datafile came from, how long this request waited for it and how long ago it was confirmed, in
 * milliseconds. Deciding itself cannot be timed: in production the clock stands still between I/O.
 */
export function serverTiming({ source, waitMs, ageMs }: FoundDatafile): string {
  return `datafile;desc="${source}";dur=${waitMs}, age;dur=${ageMs}`
}
