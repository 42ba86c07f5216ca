/**
 * Reads that requests share: an isolate that is asked for one key by many requests reads it once.
 *
 * A promise of one request may never settle for another once the first has ended, and whoever waits for it then waits
 * for ever. So each read is kept alive by `background` (`waitUntil`), and nobody joins one that is older than
 * `JOINABLE_MS`: the next request then reads for itself, and the others join that.
 */
import { createLru } from './lru.ts'

export interface Flights {
  /** Whether a read of `key` may be joined. Whoever waits for nothing has no need to. */
  isUnderWay(key: string): boolean
  /**
   * Resolves when the read of `key` that is under way has ended, or else the one that `start` begins, as it also does
   * when the runtime says that the former can never end.
   */
  join(key: string, start: () => Promise<void>): Promise<void>
}

interface Flight {
  readonly ended: Promise<void>
  readonly startedAtMs: number
}

export interface FlightOptions {
  readonly clock: () => number
  readonly background: (task: Promise<unknown>) => void
}

/** How long a read may be joined, in milliseconds. */
export const JOINABLE_MS = 3_000
/** Of reads that never end, those that were joined longest ago are dropped from memory. */
const MOST_FLIGHTS = 1_000

/** Makes the shared reads of one isolate. `start` must not reject. */
export function createFlights({ clock, background }: FlightOptions): Flights {
  const flights = createLru<Flight>({ mostEntries: MOST_FLIGHTS })

  function forget(key: string, flight: Flight): void {
    if (flights.get(key) === flight) flights.delete(key)
  }

  function begin(key: string, start: () => Promise<void>): Promise<void> {
    const flight: Flight = { ended: start(), startedAtMs: clock() }
    flights.set(key, flight)
    background(flight.ended.then(() => forget(key, flight)))
    return flight.ended
  }

  function join(key: string, start: () => Promise<void>): Promise<void> {
    const current = flights.get(key)
    if (current === undefined || !isJoinable(current, clock())) return begin(key, start)
    return current.ended.catch(() => {
      forget(key, current)
      return join(key, start)
    })
  }

  function isUnderWay(key: string): boolean {
    const current = flights.get(key)
    return current !== undefined && isJoinable(current, clock())
  }

  return { isUnderWay, join }
}

/** A clock that was set back makes a read look as if it began in the future: that one is not joined either. */
function isJoinable({ startedAtMs }: Flight, nowMs: number): boolean {
  return nowMs >= startedAtMs && nowMs - startedAtMs < JOINABLE_MS
}
