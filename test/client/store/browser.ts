/** As much of a browser as the store touches: a page that is shown and hidden, requests that wait for their answer, beacons. */
import { vi } from 'vitest'
import type { DecisionJson } from '../../../src/protocol/decision.ts'

export interface Browser {
  /** In the order in which they were made. */
  readonly requests: readonly Request[]
  readonly storage: Record<string, string>
  /** Whether a beacon is taken; a test may take it away. */
  readonly navigator: { onLine: boolean; sendBeacon?: (url: string, body: string) => boolean }
  /** The bodies of the beacons that were taken. */
  readonly beacons: readonly Beacon[]
  /** How many listeners the page has. */
  listeners(): number
  show(): void
  hide(): void
  fire(type: 'pagehide' | 'online'): void
}

export interface Beacon {
  readonly url: string
  readonly body: EventsBody
}

/** What a beacon brings. */
export interface EventsBody {
  readonly key: string
  readonly userId: string
  readonly attributes: Record<string, unknown>
  readonly events: readonly Record<string, unknown>[]
}

/** A request on its way. */
export interface Request {
  readonly url: string
  readonly init: RequestInit
  readonly body: Record<string, unknown>
  isAborted(): boolean
  answer(response: Response): Promise<void>
  fail(): Promise<void>
}

/** Opens a page under fake timers, in which `text` stands as what a server handed over. */
export function openBrowser(text?: string): Browser {
  vi.useFakeTimers()
  const beacons: Beacon[] = []
  const page = {
    hidden: false,
    querySelector: (selector: string) =>
      selector === 'script#turnout-decisions' && text !== undefined ? { textContent: text } : null,
  }
  const navigator = {
    onLine: true,
    sendBeacon: (url: string, body: string) => beacons.push({ url, body: JSON.parse(body) }) > 0,
  }
  const storage: Record<string, string> = {}
  vi.stubGlobal('document', page)
  vi.stubGlobal('navigator', navigator)
  vi.stubGlobal('sessionStorage', storage)
  const { fire, count } = listenTo()
  return {
    requests: takeRequests(),
    storage,
    navigator,
    beacons,
    listeners: count,
    show: () => {
      page.hidden = false
      fire('visibilitychange')
    },
    hide: () => {
      page.hidden = true
      fire('visibilitychange')
    },
    fire,
  }
}

/** Undoes it all; for `afterEach`. */
export function closeBrowser(): void {
  vi.unstubAllGlobals()
  vi.useRealTimers()
}

function listenTo() {
  const target = new EventTarget()
  let listeners = 0
  vi.stubGlobal('addEventListener', (type: string, listener: EventListener, options: { signal: AbortSignal }) => {
    listeners++
    options.signal.addEventListener('abort', () => listeners--)
    target.addEventListener(type, listener, options)
  })
  return { fire: (type: string) => void target.dispatchEvent(new Event(type)), count: () => listeners }
}

/** From now on requests wait, in the order in which they are made. */
export function takeRequests(): readonly Request[] {
  const requests: Request[] = []
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>()
    init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
    requests.push({
      url,
      init,
      body: JSON.parse(String(init.body)),
      isAborted: () => init.signal?.aborted === true,
      answer: (response) => settled(() => resolve(response)),
      fail: () => settled(() => reject(new TypeError('Failed to fetch'))),
    })
    return promise
  })
  return requests
}

/** What is to happen has happened when it resolves. */
async function settled(act: () => void): Promise<void> {
  act()
  await vi.advanceTimersByTimeAsync(0)
}

/** A decision as the Worker answers it. */
export function decision(flagKey: string, fields: Partial<DecisionJson> = {}): DecisionJson {
  const variables = { color: 'red' }
  const userContext = { userId: 'ada', attributes: {} }
  return { flagKey, enabled: true, variationKey: 'on', ruleKey: 'rule', variables, userContext, reasons: [], ...fields }
}

/** The same as the store has it. */
export function known(flagKey: string, fields: Partial<DecisionJson> = {}) {
  const { userContext, reasons, ...rest } = decision(flagKey, fields)
  return rest
}

export function ok(answers: unknown, etag?: string): Response {
  return new Response(JSON.stringify(answers), etag === undefined ? {} : { headers: { ETag: etag } })
}

export function status(code: number, headers: Record<string, string> = {}): Response {
  return new Response(code === 304 ? null : '{"error":{}}', { status: code, headers })
}
