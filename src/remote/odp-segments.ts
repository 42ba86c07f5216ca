import { isJsonObject, type JsonValue } from '../base/json.ts'
import type { Log } from '../base/log.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { SegmentSource } from '../events/odp.ts'
import { createLru, type Lru } from '../store/lru.ts'
import type { OdpAccount, OdpAccounts } from './odp-account.ts'
import { type Fetch, postJson } from './post-json.ts'

export interface SegmentOptions {
  readonly accounts: OdpAccounts
  readonly fetch: Fetch
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly log: Log
}

/** What was fetched, and of which account. */
interface Known {
  readonly segments: readonly string[]
  readonly account: OdpAccount
  readonly untilMs: number
}

/** As the SDK keeps them; the weight, in names, bounds what long lists can make of that. */
const KEPT_MS = 10 * 60_000
const BOUNDS = { mostEntries: 10_000, mostWeight: 100_000 }

const TIMEOUT_MS = 5_000
const MAX_BYTES = 1_048_576

/** Fetches which audiences a user is in, and remembers it in this isolate while the datafile's account stays the same. */
export function createSegmentSource(options: SegmentOptions): SegmentSource {
  const known = createLru<Known>({ ...BOUNDS, weigh: ({ segments }) => segments.length + 1 })
  return {
    async fetch({ sdkKey, datafile }, userId, names) {
      const account = options.accounts(datafile)
      if (account === null) return null
      if (account.segments.length === 0) return []
      if (names.includes('RESET_CACHE')) forget(known, sdkKey)
      const isIgnored = names.includes('IGNORE_CACHE')
      const key = `${sdkKey} ${userId}`
      const found = isIgnored ? undefined : known.get(key)
      if (found?.account === account && options.clock() < found.untilMs) return found.segments
      const fetched = await fetchSegments(account, userId, options.fetch)
      if (!fetched.ok) {
        options.log({ level: 'error', code: 'segments_unavailable', message: fetched.error })
        return null
      }
      const segments = fetched.value
      if (!isIgnored) known.set(key, { segments, account, untilMs: options.clock() + KEPT_MS })
      return segments
    },
  }
}

function forget(known: Lru<Known>, sdkKey: string): void {
  for (const [key] of known.entries()) if (key.startsWith(`${sdkKey} `)) known.delete(key)
}

/** What is asked for stands in variables, so that no user id can become part of the query. */
const QUERY =
  'query($userId: String, $audiences: [String]) {customer(fs_user_id: $userId) {audiences(subset: $audiences) {edges {node {name state}}}}}'

async function fetchSegments(
  { host, apiKey, segments }: OdpAccount,
  userId: string,
  fetch: Fetch,
): Promise<Result<readonly string[], string>> {
  const answer = await postJson(fetch, {
    url: `${host}/v3/graphql`,
    headers: { 'x-api-key': apiKey },
    body: { query: QUERY, variables: { userId, audiences: segments } },
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  })
  return answer.ok ? qualifiedIn(answer.value) : answer
}

function qualifiedIn(answer: JsonValue | undefined): Result<readonly string[], string> {
  const errors = isJsonObject(answer) ? answer.errors : undefined
  if (Array.isArray(errors) && errors.length > 0) return err('It answers with an error')
  const edges = [answer, 'data', 'customer', 'audiences', 'edges'].reduce(field)
  if (!Array.isArray(edges)) return err('It answers with something else than audiences')
  const list: readonly JsonValue[] = edges
  const nodes = list.map((edge) => field(edge, 'node'))
  const qualified = nodes.filter((node) => field(node, 'state') === 'qualified').map((node) => field(node, 'name'))
  const names = qualified.filter((name) => typeof name === 'string')
  return names.length === qualified.length ? ok(names) : err('It answers with an audience that has no name')
}

function field(value: JsonValue | undefined, name: JsonValue | undefined): JsonValue | undefined {
  return isJsonObject(value) && typeof name === 'string' && Object.hasOwn(value, name) ? value[name] : undefined
}
