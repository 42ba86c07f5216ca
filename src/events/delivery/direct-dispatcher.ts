import type { QueuedEvent } from '../queued-event.ts'
import type { CountEvents } from './count-events.ts'
import { type Delivering, deliver, type Outcome, reasonOfRefusals } from './deliver.ts'
import type { EventDispatcher } from './dispatcher.ts'

export interface DirectOptions extends Pick<Delivering, 'sinks' | 'limits'> {
  readonly wait: (ms: number) => Promise<void>
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** From 0 up to 1. */
  readonly random: () => number
  readonly count: CountEvents
}

/** Pauses before the second and third attempt. */
const PAUSES_MS = [500, 2_000]
/** When the last request may begin: what follows a response may take 30 seconds in all, of which a Queue that hangs takes 4, and a request 10. */
const LAST_START_MS = 15_000

/**
 * Sends events where they go at once, and twice more where that fails, within the time that a Worker has after its response.
 * What is then left is lost. Each event is logged, by number, as one of delivered, refused and lost.
 */
export function createDirectDispatcher(options: DirectOptions): EventDispatcher {
  return {
    async dispatch(events) {
      const lastStartMs = options.clock() + LAST_START_MS
      const isInTime = () => options.clock() <= lastStartMs
      let tried = await attempt(events.map(untried), isInTime, options)
      for (const pauseMs of PAUSES_MS) {
        if (tried.left.length === 0) return
        await options.wait(pauseMs * (0.5 + options.random() / 2))
        tried = await attempt(tried.left, isInTime, options)
      }
      options.count({ level: 'error', code: 'events_lost', count: tried.left.length, reason: tried.reason })
    },
  }
}

/** An event that some sink has yet to take. */
interface Pending {
  readonly event: QueuedEvent
  /** Why another sink will not; empty where none has refused it. */
  readonly refusal: string
}

function untried(event: QueuedEvent): Pending {
  return { event, refusal: '' }
}

interface Attempted {
  readonly left: readonly Pending[]
  readonly reason: string
}

async function attempt(
  pending: readonly Pending[],
  isInTime: () => boolean,
  { sinks, limits, count }: DirectOptions,
): Promise<Attempted> {
  const outcomes = await deliver(
    pending.map(({ event }) => event),
    { sinks, limits, isInTime },
  )
  const tried = outcomes.map((outcome, index) => triedOf(outcome, pending[index]?.refusal ?? ''))
  const settled = tried.filter(({ event: { to } }) => to?.length === 0)
  const refused = settled.filter(({ refusal }) => refusal !== '')
  count({ level: 'error', code: 'events_refused', count: refused.length, reason: refused[0]?.refusal ?? '' })
  count({ level: 'info', code: 'events_sent', count: settled.length - refused.length })
  const reason = outcomes.find(({ rest }) => rest.length > 0)?.reason ?? ''
  return { left: tried.filter(({ event: { to } }) => to?.length !== 0), reason }
}

function triedOf({ event, rest, refused }: Outcome, refusal: string): Pending {
  return { event: { ...event, to: rest }, refusal: refused.length > 0 ? reasonOfRefusals(refused) : refusal }
}
