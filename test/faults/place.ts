/** A place where decisions are made: one isolate of the bundled Worker in workerd, over a KV that can be made to fail. */
import { createHash } from 'node:crypto'
import { bundleWorker } from './bundle.ts'
import { type FakeKv, startFakeKv } from './fake-kv.ts'
import { startWorkerd, type Workerd } from './workerd.ts'

export const SDK_KEY = 'shop'
export const FIRST = `datafile:${SDK_KEY}`
export const SECOND = `last-good:${SDK_KEY}`
const TOKEN = 'token-of-the-tests'

export interface Place {
  readonly kv: FakeKv
  readonly workerd: Workerd
  /** Asks for a decision; `query` is put over what is usually asked. */
  ask(query?: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Answer>
  put(body: string | Uint8Array<ArrayBuffer>, query?: string): Promise<Answer>
  remove(): Promise<Answer>
  health(): Promise<Answer>
}

/** An answer over HTTP, as tests look at it. */
export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers: Headers
  /** Where `Server-Timing` says that the datafile came from. */
  readonly source: string | null
}

export interface PlaceOptions {
  readonly variables?: Readonly<Record<string, string>>
  /** A datafile of the deploy, relative to the repository. */
  readonly fallback?: string
  /** The KV of another place. */
  readonly kv?: FakeKv
}

/** What a test gives to have something ended with it. */
export type OnTestFinished = (end: () => Promise<void>) => void

/** Starts a place, cold. It ends with the test. */
export async function startPlace(onTestFinished: OnTestFinished, options: PlaceOptions = {}): Promise<Place> {
  const kv = options.kv ?? (await startFakeKv())
  if (options.kv === undefined) onTestFinished(kv.stop)
  const workerd = await startWorkerd({
    code: await bundleWorker(options.fallback),
    kvPort: kv.port,
    variables: { ADMIN_TOKEN: TOKEN, ...options.variables },
  })
  onTestFinished(workerd.stop)
  const operator = { authorization: `Bearer ${TOKEN}` }
  const datafileUrl = `${workerd.url}/v1/datafiles/${SDK_KEY}`
  return {
    kv,
    workerd,
    ask: (query, signal = AbortSignal.timeout(ANSWER_LIMIT_MS)) =>
      ask(`${workerd.url}/?${new URLSearchParams({ ...QUESTION, ...query })}`, { signal }),
    put: (body, query = '') => ask(`${datafileUrl}${query}`, { method: 'PUT', body, headers: operator }),
    remove: () => ask(datafileUrl, { method: 'DELETE', headers: operator }),
    health: () => ask(`${workerd.url}/health`, { headers: operator }),
  }
}

const QUESTION = { feature: 'checkout', userId: 'u1', key: SDK_KEY }
/** Longer than the Worker ever waits, and shorter than a test. */
const ANSWER_LIMIT_MS = 20_000

async function ask(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init)
  const source = /^datafile;desc="([a-z-]+)"/.exec(response.headers.get('server-timing') ?? '')?.[1] ?? null
  return { status: response.status, body: await response.json(), headers: response.headers, source }
}

/** A place with revision 7 in both copies and in memory, where it is fresh for a second. */
export async function startWarmPlace(
  onTestFinished: OnTestFinished,
  variables: Readonly<Record<string, string>> = {},
): Promise<Place> {
  const place = await startPlace(onTestFinished, { variables: { FRESH_SECONDS: '1', ...variables } })
  storeBoth(place.kv, 7)
  const { status } = await place.ask()
  if (status !== 200) throw new Error(`The place is not warm: ${status}`)
  return place
}

/** Puts a value into KV past the Worker, stamped as its own writers do. */
export function store(kv: FakeKv, key: string, value: string | Uint8Array, generation: number): void {
  const sha256 = createHash('sha256').update(value).digest('hex')
  kv.set(key, value, { generation, revision: String(generation), sha256 })
}

/** Puts a datafile under both keys, its revision equal to its generation. */
export function storeBoth(kv: FakeKv, generation: number): void {
  for (const key of [FIRST, SECOND]) store(kv, key, datafileText(generation), generation)
}

/** Flags `checkout` and `search`, of which every user gets the variation `r{revision}`; with fields put over it. */
export function datafileText(revision: number, fields: Readonly<Record<string, unknown>> = {}): string {
  const keys = ['checkout', 'search']
  return JSON.stringify({
    version: '4',
    revision: String(revision),
    accountId: 'a',
    projectId: 'p',
    experiments: keys.map((key) => experimentOf(key, revision)),
    featureFlags: keys.map((key) => flagOf(key)),
    ...fields,
  })
}

/** The only experiment of a flag, with everyone in its only variation. */
export function experimentOf(flagKey: string, revision: number): Record<string, unknown> {
  return {
    id: `e-${flagKey}`,
    key: `experiment-${flagKey}`,
    layerId: `l-${flagKey}`,
    status: 'Running',
    audienceIds: [],
    forcedVariations: {},
    trafficAllocation: [{ entityId: `v-${flagKey}`, endOfRange: 10_000 }],
    variations: [{ id: `v-${flagKey}`, key: `r${revision}`, featureEnabled: true, variables: [] }],
  }
}

export function flagOf(key: string): Record<string, unknown> {
  return { id: `f-${key}`, key, rolloutId: '', experimentIds: [`e-${key}`], variables: [] }
}

/** What a decision looks like that was made with a datafile of this revision. */
export function decidedBy(revision: number, flagKey = 'checkout'): object {
  return { flagKey, enabled: true, variationKey: `r${revision}`, ruleKey: `experiment-${flagKey}` }
}

/** Long enough for a datafile to be stale where it is fresh for a second. */
export async function untilStale(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1_050))
}
