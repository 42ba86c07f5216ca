import { mayPass } from './fetch-decisions.ts'
import type { FetchError } from './store.ts'

/**
 * `heard` says that something was heard just now, or that the user is another: what was planned before is over.
 */
export type Schedule = readonly [heard: (error?: FetchError, retryAfter?: string | null) => void, stop: () => void]

/**
 * Wakes while somebody looks at the page: when it is shown again after `refreshSeconds` or more (0: never), and after
 * failures that may pass, later each time. Without a page it never does. Calls `leave` when the page may be about to end.
 */
export function createSchedule(refreshSeconds: number, wake: () => void, leave: () => void): Schedule {
  const page: Document | undefined = globalThis.document
  const closing = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let backoffSeconds = 1
  let dueAt = 0
  let isOffline = false

  function wakeIfDue(): void {
    if (!page?.hidden && Date.now() >= dueAt) wake()
  }

  for (const type of page ? ['visibilitychange', 'pagehide', 'online'] : []) {
    addEventListener(
      type,
      () => {
        leave()
        if (type === 'online' && isOffline) dueAt = 0
        wakeIfDue()
      },
      closing,
    )
  }

  function heard(error?: FetchError, retryAfter?: string | null): void {
    let seconds = refreshSeconds || 1e9
    clearTimeout(timer)
    isOffline = !!error && !error.status
    if (!error) backoffSeconds = 1
    else if (mayPass(error.status)) {
      // At most an hour, for what a server may ask for by mistake; spread, so that browsers do not all come back at once.
      seconds = Math.min(Math.max(backoffSeconds, Number(retryAfter) || 0), 3_600) * (1 + Math.random() / 2)
      backoffSeconds = Math.min(backoffSeconds * 2, 20)
      if (page) timer = setTimeout(wakeIfDue, seconds * 1_000)
    }
    // A little early, as the timer may be.
    dueAt = Date.now() + seconds * 990
  }

  heard()
  return [
    heard,
    () => {
      clearTimeout(timer)
      closing.abort()
    },
  ]
}
