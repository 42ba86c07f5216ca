import type { Log } from '../../base/log.ts'
import type { BatchLimits } from '../batch-events.ts'
import type { QueuedEvent } from '../queued-event.ts'
import { deliver } from './deliver.ts'
import type { EventDispatcher } from './dispatcher.ts'
import type { Sink } from './sink.ts'

export interface DirectOptions {
  readonly sinks: readonly Sink[]
  readonly limits: BatchLimits
  readonly wait: (ms: number) => Promise<void>
  /** From 0 up to 1. */
  readonly random: () => number
  readonly log: Log
}

/** Pauses before the second and third attempt: what follows a response may take 30 seconds in all. */
const PAUSES_MS = [500, 2_000]

/** Sends events where they go at once, and twice more where that fails. What is then left is lost, and logged by number. */
export function createDirectDispatcher(options: DirectOptions): EventDispatcher {
  return {
    async dispatch(events) {
      let left = await attempt(events, options)
      for (const pauseMs of PAUSES_MS) {
        if (left.length === 0) return
        await options.wait(pauseMs * (0.5 + options.random() / 2))
        left = await attempt(left, options)
      }
      if (left.length > 0) options.log({ level: 'error', code: 'events_lost', count: left.length })
    },
  }
}

/** What may be taken later. What is refused never will be. */
async function attempt(
  events: readonly QueuedEvent[],
  { sinks, limits, log }: DirectOptions,
): Promise<readonly QueuedEvent[]> {
  const outcomes = await deliver(events, sinks, limits)
  const refused = outcomes.filter((outcome) => outcome.refused.length > 0)
  const [first] = refused
  if (first !== undefined) {
    const reason = first.refused.map(({ sink, reason: why }) => `${sink}: ${why}`).join(', ')
    log({ level: 'error', code: 'events_refused', count: refused.length, reason })
  }
  return outcomes.flatMap(({ event, retry }) => (retry.length === 0 ? [] : [{ ...event, to: retry }]))
}
