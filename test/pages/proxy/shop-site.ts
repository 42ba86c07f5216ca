import type { LogEvent } from '../../../src/base/log.ts'
import type { Impression } from '../../../src/events/event.ts'
import { servePage } from '../../../src/pages/proxy/serve-page.ts'
import type { Site } from '../../../src/pages/proxy/site.ts'
import type { SiteSettings } from '../../../src/pages/proxy/site-settings.ts'
import { impressionsAmong } from '../../support/impressions-among.ts'
import { USUAL_SETTINGS } from '../../support/site-settings.ts'
import { experimentOn, type Fields, pageAt, siteWith } from '../plan/site.ts'

/** What the shop answers, whoever asks. */
export const ORIGINAL = '<!doctype html><html><head><title>Shop</title></head><body><h1>Shop</h1></body></html>'

export const NEW_ID = '3f2b8c1e-5d0a-4f7e-9a51-0c6f2d8e7b13'
export const NOW_MS = 1_790_000_000_000
export const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

export interface Asked {
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly settings?: Partial<SiteSettings>
  /** The shop's answer, where it is not the usual one. */
  readonly body?: string
  /** Headers of the shop's answer, over the usual ones. */
  readonly answered?: readonly (readonly [name: string, value: string])[]
  readonly experiments?: readonly Fields[]
  /** Put over the datafile. */
  readonly datafile?: Fields
  /** The shop says that the visitor has the page. */
  readonly isKept?: boolean
  readonly nowMs?: number
}

export interface Answered {
  readonly response: Response
  readonly body: string
  readonly exposures: readonly Impression[]
  readonly logged: readonly LogEvent[]
}

/** Asks the shop, on whose front page everyone is in an experiment that colours it. */
export async function ask(asked: Asked = {}): Promise<Answered> {
  const exposures: Impression[] = []
  const logged: LogEvent[] = []
  const { path = '/', method = 'GET', headers = {} } = asked
  const request = new Request(`https://shop.example${path}`, { method, headers: { 'User-Agent': CHROME, ...headers } })
  const origin = { fetch: async () => originalFor(asked) }
  const tasks: Promise<unknown>[] = []
  const response = await servePage(request, origin, {
    ...siteOf(asked),
    background: (task) => void tasks.push(task),
    exposures: { record: (events) => void exposures.push(...impressionsAmong(events)) },
    log: (event) => void logged.push(event),
  })
  const body = await response.text()
  await Promise.all(tasks)
  return { response, body, exposures, logged }
}

/** The shop's own answer, which whoever is left alone gets. */
export function originalFor({ method = 'GET', body = ORIGINAL, answered = [], isKept = false }: Asked): Response {
  const headers = new Headers({ 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'public, max-age=60' })
  for (const [name, value] of answered) headers.append(name, value)
  if (isKept) return new Response(null, { status: 304, headers })
  return new Response(method === 'HEAD' ? null : streamOf(body), { headers })
}

/** As it comes over a network, in chunks. */
function streamOf(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text))
      controller.close()
    },
  })
}

function siteOf({
  settings,
  experiments,
  datafile: fields,
  nowMs = NOW_MS,
}: Asked): Omit<Site, 'exposures' | 'background' | 'log'> {
  const coloured = [experimentOn('colour', [{ type: 'custom_css', value: 'h1{color:red}' }])]
  const loaded = siteWith({ pages: [pageAt()], experiments: experiments ?? coloured, ...fields })
  const stamp = { generation: 1, revision: '1', sha256: '' }
  const datafile = { ...loaded, stamp, textUnits: 1 }
  return {
    sdkKey: 'shop',
    store: { read: () => ({ kind: 'found', datafile, source: 'memory', ageMs: 0, waitMs: 0 }) },
    isOff: () => false,
    clock: () => nowMs,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    newId: () => NEW_ID,
    planPath: '/_turnout/v1/page',
    eventsPath: '/_turnout/v1/events',
    settings: { ...USUAL_SETTINGS, previewSecret: 'secret', ...settings },
  }
}
