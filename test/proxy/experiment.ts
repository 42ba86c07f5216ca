/** A site with an experiment on every page of `shop.example`, and none on those of `plain.example`. */
import type { Answer, Sending } from './client.ts'
import { type OnTestFinished, type Site, type SiteOptions, startSite } from './worker.ts'

export const PLAIN_HOST = 'plain.example'
/** What a person's browser says. */
export const USER_AGENT =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/154.0.0.0 Safari/537.36'
/** Somebody who has been here before. */
export const RETURNING = { cookie: 'turnout_visitor=visitor-1' }

/** What the variation `on` does: every kind of place where the Worker puts something. */
export const CHANGES: readonly object[] = [
  { type: 'attribute', selector: 'h1.hero', attributes: { class: 'hero bold' } },
  { type: 'insert_html', selector: '#cta', operator: 'before', value: '<p id="promise">Free returns</p>' },
  { type: 'custom_css', value: '.hero{letter-spacing:.02em}' },
  { type: 'custom_code', value: 'document.title = "Edited"' },
]

/** Those of them that the Worker makes by itself, so that they count when the page is served. */
export const EDGE_CHANGES = CHANGES.slice(0, 3)

export interface ExperimentFields {
  readonly changes?: readonly object[]
  /** Put over the experiment. */
  readonly experiment?: object
  /** Put over the datafile. */
  readonly datafile?: object
}

/** Everybody is in `on`, unless the fields say otherwise. */
export function experimentDatafile({
  changes = CHANGES,
  experiment = {},
  datafile = {},
}: ExperimentFields = {}): object {
  return {
    version: '4',
    revision: '1',
    accountId: 'a',
    projectId: 'p',
    featureFlags: [],
    pages: [
      {
        id: 'p1',
        key: 'shop',
        hydrates: false,
        conditions: ['or', { type: 'url', match: 'substring', value: '//shop.example/' }],
      },
    ],
    experiments: [
      {
        id: 'e1',
        key: 'hero',
        layerId: 'l1',
        status: 'Running',
        pageIds: ['p1'],
        audienceIds: [],
        forcedVariations: {},
        trafficAllocation: [{ entityId: 'v-on', endOfRange: 10_000 }],
        variations: [
          { id: 'v-off', key: 'off', actions: [] },
          { id: 'v-on', key: 'on', actions: [{ pageId: 'p1', changes }] },
        ],
        ...experiment,
      },
    ],
    ...datafile,
  }
}

export interface ExperimentSite extends Site {
  /** Asks as a person's browser does. */
  visit(path: string, headers?: Sending['headers'], method?: string): Promise<Answer>
  /** The same, for a page that no experiment is about. */
  visitPlain(path: string, headers?: Sending['headers'], method?: string): Promise<Answer>
}

/** Starts a site and has it read its datafile. */
export async function startExperiment(
  onTestFinished: OnTestFinished,
  options: SiteOptions & ExperimentFields = {},
): Promise<ExperimentSite> {
  const { changes, experiment, datafile, ...site } = options
  const fields = { ...(changes && { changes }), ...(experiment && { experiment }), ...(datafile && { datafile }) }
  const started = await startSite(onTestFinished, { ...site, datafile: experimentDatafile(fields) })
  const asHost =
    (host: string): ExperimentSite['visit'] =>
    (path, headers, method = 'GET') =>
      started.ask(path, { method, headers: { host, 'user-agent': USER_AGENT, ...headers } })
  const visit = asHost('shop.example')
  for (let tries = 0; (await visit('/warm', RETURNING)).header('vary') === null; tries++) {
    if (tries > 50) throw new Error(`The site has no experiment: ${started.workerd.logged.join('\n')}`)
  }
  return { ...started, visit, visitPlain: asHost(PLAIN_HOST) }
}

const OURS = /<(script|style)\b[^>]* data-turnout\b[^>]*>[\s\S]*?<\/\1>/g

/** A body's bytes, as Latin-1, without the elements that are ours. */
export function withoutOurs({ body }: Answer): string {
  return body.toString('latin1').replace(OURS, '')
}

/** The elements that are ours. */
export function oursIn({ body }: Answer): readonly string[] {
  return body.toString('latin1').match(OURS) ?? []
}

/** A page after the edits of `CHANGES` that are made in its HTML, as Latin-1. */
export function edited(page: string | Buffer): string {
  return Buffer.from(page)
    .toString('latin1')
    .replace('<h1 class="hero">', '<h1 class="hero bold">')
    .replace('<p id="cta">', '<p id="promise">Free returns</p><p id="cta">')
}
