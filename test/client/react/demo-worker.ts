/** The real Worker with datafiles/demo.json, at whatever address an app asks for it. */

import { readFile } from 'node:fs/promises'
import type { BrowserContext } from 'playwright-core'
import { onTestFinished } from 'vitest'
import type { EventsRequest } from '../../../src/protocol/events.ts'
import { bundleWorker } from '../../faults/bundle.ts'
import { startFakeKv } from '../../faults/fake-kv.ts'
import { store } from '../../faults/place.ts'
import { startWorkerd } from '../../faults/workerd.ts'

export interface DemoWorker {
  readonly url: string
  /** Has it answered at this base URL, and tells of each exchange. */
  answerAt(base: string, context: BrowserContext): Promise<Exchanges>
}

export interface Exchanges {
  /** How often decisions were asked for. */
  asked: number
  /** Exposures and conversions that the Worker accepted. */
  readonly counted: string[]
  /** What it did not take, or with which status it failed. */
  readonly faults: unknown[]
}

export async function startDemoWorker(): Promise<DemoWorker> {
  const kv = await startFakeKv()
  onTestFinished(kv.stop)
  store(kv, 'datafile:demo', await readFile(new URL('../../../datafiles/demo.json', import.meta.url), 'utf8'), 42)
  const { url, stop } = await startWorkerd({ code: await bundleWorker(), kvPort: kv.port })
  onTestFinished(stop)
  return { url, answerAt: (base, context) => answerAt(url, base, context) }
}

async function answerAt(url: string, base: string, context: BrowserContext): Promise<Exchanges> {
  const exchanges: Exchanges = { asked: 0, counted: [], faults: [] }
  await context.route(`${base}/**`, async (route) => {
    const request = route.request()
    const path = request.url().slice(base.length)
    const posted = request.postData()
    const response = await fetch(`${url}${path}`, {
      method: request.method(),
      headers: request.headers(),
      body: posted,
    })
    const body = await response.text()
    if (!response.ok) exchanges.faults.push([path, response.status, body])
    else if (path.startsWith('/v1/events')) exchanges.counted.push(...counted(posted ?? '', body, exchanges))
    else if (request.method() !== 'OPTIONS') exchanges.asked++
    await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body })
  })
  return exchanges
}

function counted(posted: string, answered: string, { faults }: Exchanges): readonly string[] {
  const { userId, events }: EventsRequest = JSON.parse(posted)
  const answer = JSON.parse(answered)
  if (answer.accepted !== events.length) faults.push(answer)
  return events.map((event) => {
    switch (event.type) {
      case 'exposure':
        return `${userId} saw ${event.flagKey} ${event.variationKey}`
      case 'conversion':
        return `${userId} did ${event.eventKey} ${JSON.stringify(event.tags)}`
      default:
        return JSON.stringify(event)
    }
  })
}
