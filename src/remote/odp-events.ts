import type { Log } from '../base/log.ts'
import type { OdpEvent, OdpEvents } from '../events/odp.ts'
import type { OdpAccount, OdpAccounts } from './odp-account.ts'
import { type Fetch, post } from './post-json.ts'

export interface OdpEventOptions {
  readonly accounts: OdpAccounts
  readonly fetch: Fetch
  readonly wait: (ms: number) => Promise<void>
  readonly newId: () => string
  /** Takes work that goes on after the response. */
  readonly background: (task: Promise<unknown>) => void
  readonly log: Log
  /** Who sends. */
  readonly client: { readonly name: string; readonly version: string }
}

const TIMEOUT_MS = 5_000
/** Before the second attempt and the third: a request's background goes on for 30 s after it. */
const WAITS_MS = [200, 1_000]

/** Sends events to Optimizely Data Platform behind the response. One that cannot be delivered is in the log. */
export function createOdpEvents(options: OdpEventOptions): OdpEvents {
  return {
    async send({ datafile }, event) {
      const account = options.accounts(datafile)
      if (account === null) return 'not_integrated'
      options.background(deliver(account, event, options))
      return 'sent'
    },
  }
}

async function deliver(account: OdpAccount, event: OdpEvent, options: OdpEventOptions): Promise<void> {
  const { host, apiKey } = account
  const body = [bodyOf(event, options)]
  const request = { url: `${host}/v3/events`, headers: { 'x-api-key': apiKey }, body, timeoutMs: TIMEOUT_MS }
  for (let attempt = 0; ; attempt++) {
    const sent = await post(options.fetch, request)
    if (sent.ok) return await sent.value.body?.cancel()
    const waitMs = isHopeless(sent.error.status) ? undefined : WAITS_MS[attempt]
    if (waitMs === undefined) {
      return options.log({ level: 'error', code: 'odp_event_lost', message: sent.error.message, attempts: attempt + 1 })
    }
    await options.wait(waitMs)
  }
}

/** The same event again would be refused again. */
function isHopeless(status: number | null): boolean {
  return status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429
}

/** What the SDKs add; an id by which repeats are known is part of it. */
function bodyOf({ type, action, identifiers, data }: OdpEvent, { newId, client }: OdpEventOptions) {
  const added = {
    idempotence_id: newId(),
    data_source_type: 'sdk',
    data_source: client.name,
    data_source_version: client.version,
  }
  const named = Object.entries(identifiers).map(([key, value]) => [isUserId(key) ? 'fs_user_id' : key, value])
  return { type, action, identifiers: Object.fromEntries(named), data: { ...added, ...data } }
}

/** The SDKs take these for one identifier. */
function isUserId(key: string): boolean {
  return /^(fs_user_id|fs-user-id)$/i.test(key)
}
