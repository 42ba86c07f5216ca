/** A site: the bundled Worker in workerd, the hostile origin behind it, and a KV that can be made to fail. */
import { bundleWorker } from '../faults/bundle.ts'
import { type FakeKv, startFakeKv } from '../faults/fake-kv.ts'
import { store } from '../faults/place.ts'
import { startWorkerd, type Workerd } from '../faults/workerd.ts'
import { type Answer, type Sending, send } from './client.ts'
import { type OriginServer, startOriginServer } from './origin-server.ts'

export const SDK_KEY = 'shop'

export interface Site {
  readonly origin: OriginServer
  readonly kv: FakeKv
  readonly workerd: Workerd
  /** Asks the Worker, as a visitor of `shop.example`. */
  ask(path: string, sending?: Sending): Promise<Answer>
  /** Asks the origin itself, as a proxy that did nothing would. */
  askOrigin(path: string, sending?: Sending): Promise<Answer>
}

export interface SiteOptions {
  /** The Worker to run in place of the bundled one, as one ES module. */
  readonly code?: string
  /** `url` by default: `ORIGIN` is the origin's address; else the Worker's `fetch`, or `ASSETS`, leads to it. */
  readonly mode?: 'url' | 'zone' | 'assets'
  /** Put over `ORIGIN` and `SDK_KEY`. */
  readonly variables?: Readonly<Record<string, string>>
  /** Stored under both keys of `SDK_KEY`; nothing is without it. */
  readonly datafile?: object
  readonly origin?: OriginServer
}

/** What a test gives to have something ended with it. */
export type OnTestFinished = (end: () => Promise<void>) => void

/** Starts a site, cold. It ends with the test, or with the file when it is handed `afterAll`. */
export async function startSite(onTestFinished: OnTestFinished, options: SiteOptions = {}): Promise<Site> {
  const { mode = 'url', datafile } = options
  const origin = options.origin ?? (await startOriginServer())
  if (options.origin === undefined) onTestFinished(origin.stop)
  const kv = await startFakeKv()
  onTestFinished(kv.stop)
  if (datafile !== undefined) storeDatafile(kv, datafile)
  const workerd = await startWorkerd({
    code: options.code ?? (await bundleWorker()),
    kvPort: kv.port,
    outbound: mode === 'zone' ? origin.port : 'loopback',
    ...(mode === 'assets' ? { assetsPort: origin.port } : {}),
    variables: { ORIGIN: mode === 'url' ? origin.url : mode, SDK_KEY, ...options.variables },
  })
  onTestFinished(workerd.stop)
  return {
    origin,
    kv,
    workerd,
    ask: (path, sending) => send(`${workerd.url}${path}`, sending),
    askOrigin: (path, sending) =>
      send(`${origin.url}${path}`, { ...sending, headers: { host: origin.host, ...sending?.headers } }),
  }
}

/** Puts a datafile into KV under both keys of `SDK_KEY`. */
export function storeDatafile(kv: FakeKv, datafile: object, generation = 1): void {
  for (const key of [`datafile:${SDK_KEY}`, `last-good:${SDK_KEY}`])
    store(kv, key, JSON.stringify(datafile), generation)
}
