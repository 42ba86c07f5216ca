/** The real Worker in raw workerd, for providers to ask. */
import { bundleWorker } from '../faults/bundle.ts'
import { type FakeKv, startFakeKv } from '../faults/fake-kv.ts'
import { store } from '../faults/place.ts'
import { startWorkerd } from '../faults/workerd.ts'
import { datafileOf } from './flags.ts'

export const SDK_KEY = 'shop'

export interface Service {
  readonly url: string
  readonly kv: FakeKv
  /** The Worker's log. */
  readonly logged: readonly string[]
  /** Puts a datafile into KV, past the Worker. */
  publish(revision: number, variation?: string): void
}

/** What a test gives to have something ended with it. */
type WhenDone = (end: () => Promise<void>) => void

/** Starts it with revision 7, which it takes from KV every second. `admits`: so many requests, and then 429. */
export async function startService(
  whenDone: WhenDone,
  { admits }: { readonly admits?: number } = {},
): Promise<Service> {
  const kv = await startFakeKv()
  whenDone(kv.stop)
  const workerd = await startWorkerd({
    code: await bundleWorker(),
    kvPort: kv.port,
    variables: { FRESH_SECONDS: '1' },
    ...(admits === undefined ? {} : { services: { RATE_LIMITER: { code: limiterThatAdmits(admits) } } }),
  })
  whenDone(workerd.stop)
  const publish = (revision: number, variation?: string) =>
    store(kv, `datafile:${SDK_KEY}`, JSON.stringify(datafileOf(revision, variation)), revision)
  publish(7)
  return { url: workerd.url, kv, logged: workerd.logged, publish }
}

/** A Worker with the method of a rate limiting binding. */
function limiterThatAdmits(count: number): string {
  return `import { WorkerEntrypoint } from 'cloudflare:workers'
let left = ${count}
export default class extends WorkerEntrypoint {
  limit() { return { success: left-- > 0 } }
}`
}

/** How many impressions the Worker has recorded; its log has a line at most every ten seconds, the first at once. */
export function firstImpressions(logged: readonly string[]): number {
  const line = logged.find((each) => each.includes('"code":"events"'))
  return line === undefined ? 0 : JSON.parse(line).impressions
}
