/** The shop of examples/react-shop with the real Worker before it, in raw workerd, and a collector behind. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { type BuildOptions, buildReactShop } from '../../examples/react-shop/build.ts'
import { serveReactShop } from '../../examples/react-shop/serve.ts'
import { bundleWorker } from '../faults/bundle.ts'
import { startFakeKv } from '../faults/fake-kv.ts'
import { startWorkerd } from '../faults/workerd.ts'

export const SDK_KEY = 'react-shop'

/** The headlines of the two variations. Mila has the first, Jonas the second. */
export const DAY = 'Coffee for slow mornings.'
export const DAWN = 'Roasted at dawn. Yours by Friday.'

const DATAFILE = fileURLToPath(new URL('../../examples/react-shop/datafiles/react-shop.json', import.meta.url))

export interface ReactShop {
  /** Where visitors see it, through the Worker; without a slash at the end. */
  readonly url: string
  /** What has arrived at the collector, in order: `mila saw hero_test:day`, `mila did add_to_basket`. */
  readonly collected: readonly string[]
  /** Puts the datafile into KV once more, with the delivery note on or off for everybody. */
  setDeliveryNote(variationKey: 'on' | 'off'): void
}

/** What a test gives to have something ended with it. */
type WhenDone = (end: () => Promise<void>) => void

/** Starts it all, cold; it ends when `whenDone` says. */
export async function startReactShop(whenDone: WhenDone, options: BuildOptions = {}): Promise<ReactShop> {
  const folder = await mkdtemp(join(tmpdir(), 'turnout-react-shop-'))
  whenDone(() => rm(folder, { recursive: true, force: true }))
  await buildReactShop({ ...options, folder })
  const site = await serveReactShop({ folder, turnout: () => `${workerd.url}/_turnout` })
  whenDone(site.stop)
  const datafile = await readFile(DATAFILE, 'utf8')
  const collector = await startCollector()
  whenDone(collector.stop)
  const kv = await startFakeKv()
  whenDone(kv.stop)
  const workerd = await startWorkerd({
    code: await bundleWorker(),
    kvPort: kv.port,
    variables: { ORIGIN: site.url, SDK_KEY, HANDOFF: 'on', FRESH_SECONDS: '1', COLLECTOR_URL: collector.url },
    outbound: 'loopback',
  })
  whenDone(workerd.stop)
  let generation = 0

  function setDeliveryNote(variationKey: 'on' | 'off'): void {
    generation++
    const value = withDeliveryNote(datafile, variationKey)
    const sha256 = createHash('sha256').update(value).digest('hex')
    for (const name of ['datafile', 'last-good']) {
      kv.set(`${name}:${SDK_KEY}`, value, { generation, revision: String(generation), sha256 })
    }
  }

  setDeliveryNote('off')
  return { url: workerd.url, collected: collector.collected, setDeliveryNote }
}

/** What an operator does in Optimizely to show it to everybody, or to nobody. */
function withDeliveryNote(datafile: string, variationKey: 'on' | 'off'): string {
  const entityId = { off: '311', on: '312' }[variationKey]
  return datafile.replace('"entityId": "311"', `"entityId": "${entityId}"`)
}

/** What the collector of Optimizely is sent, as far as it is looked at. */
interface CollectedBatch {
  readonly visitors: readonly {
    readonly visitor_id: string
    readonly snapshots: readonly {
      readonly decisions?: readonly {
        readonly metadata: { readonly rule_key: string; readonly variation_key: string }
      }[]
      readonly events: readonly { readonly key: string }[]
    }[]
  }[]
}

/** Takes everything, and tells it in words. */
async function startCollector() {
  const collected: string[] = []
  const server = createServer(async (request, response) => {
    const batch: CollectedBatch = JSON.parse(await text(request))
    collected.push(...wordsOf(batch))
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A server without a port')
  const stop = async () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${address.port}/events`, collected, stop }
}

function wordsOf({ visitors }: CollectedBatch): readonly string[] {
  return visitors.flatMap(({ visitor_id, snapshots }) =>
    snapshots.flatMap(({ decisions = [], events }) => [
      ...decisions.map(({ metadata }) => `${visitor_id} saw ${metadata.rule_key}:${metadata.variation_key}`),
      ...events.flatMap(({ key }) => (key === 'campaign_activated' ? [] : [`${visitor_id} did ${key}`])),
    ]),
  )
}

/** Collects the bodies of the page's requests for decisions, from now on. */
export function requestsForDecisions(page: Page): readonly (string | null)[] {
  const bodies: (string | null)[] = []
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/_turnout/') bodies.push(request.postData())
  })
  return bodies
}
