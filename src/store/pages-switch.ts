import type { Log } from '../base/log.ts'
import { reasonOf } from '../base/reason.ts'
import { createFlights } from './flights.ts'
import { PAGES_OFF_KEY } from './keys.ts'
import type { KvNamespace } from './kv.ts'

export interface PagesSwitchOptions {
  readonly kv: Pick<KvNamespace, 'getWithMetadata'>
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Takes work that goes on after the response. */
  readonly background: (task: Promise<unknown>) => void
  readonly log: Log
}

/** Whether an operator has switched pages off for every isolate. A promise in a fresh isolate only, which never rejects. */
export type PagesSwitch = () => boolean | Promise<boolean>

/** KV answers with what it had at most 30 seconds ago, so that within a minute every isolate that is in use knows. */
const ASK_AGAIN_MS = 20_000

/**
 * The kill switch: any value under `pages:off`. A fresh isolate asks KV before its first page, and after that behind a
 * response. While KV cannot be asked, what it said last stands, and at first that pages are on.
 */
export function createPagesSwitch(options: PagesSwitchOptions): PagesSwitch {
  const { kv, clock, log } = options
  const flights = createFlights(options)
  let isOff: boolean | null = null
  let askedAtMs = 0

  async function ask(): Promise<void> {
    try {
      isOff = (await kv.getWithMetadata(PAGES_OFF_KEY, { type: 'text', cacheTtl: 30 })).value !== null
    } catch (cause) {
      isOff ??= false
      log({ level: 'error', code: 'pages_switch_unknown', message: reasonOf(cause) })
    }
  }

  return () => {
    const nowMs = clock()
    if (isOff === null) {
      askedAtMs = nowMs
      return flights.join(PAGES_OFF_KEY, ask).then(() => isOff ?? false)
    }
    if (Math.abs(nowMs - askedAtMs) >= ASK_AGAIN_MS) {
      askedAtMs = nowMs
      void flights.join(PAGES_OFF_KEY, ask)
    }
    return isOff
  }
}
