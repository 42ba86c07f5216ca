/** A datafile with experiments on the pages of the hostile origin. */

/** What a variation of the experiment does: changes, as the datafile has them. */
export type Changes = readonly Readonly<Record<string, unknown>>[]

export interface PagesOptions {
  readonly changes?: Changes
  /** Out of 10,000, how many get the changes; everyone else gets the control. */
  readonly share?: number
  readonly status?: string
  /** A condition on the URL; every page without it. */
  readonly condition?: Readonly<Record<string, unknown>>
  readonly page?: Readonly<Record<string, unknown>>
  readonly experiment?: Readonly<Record<string, unknown>>
  readonly fields?: Readonly<Record<string, unknown>>
}

/** Changes one text by the Worker, and adds a style sheet. */
export const BOLD: Changes = [
  { type: 'attribute', selector: 'h1', attributes: { class: 'bold' } },
  { type: 'custom_css', value: 'h1{letter-spacing:1px}' },
]

/** The experiment `hero`, with the variations `control` and `bold`, on one page. */
export function pagesDatafile(options: PagesOptions = {}): Record<string, unknown> {
  const { changes = BOLD, share = 10_000, status = 'Running', condition = EVERY_PAGE } = options
  return {
    version: '4',
    revision: '1',
    accountId: 'a',
    projectId: 'p',
    featureFlags: [],
    pages: [{ id: 'p1', key: 'home', conditions: ['or', condition], ...options.page }],
    experiments: [
      {
        id: 'e1',
        key: 'hero',
        layerId: 'l1',
        status,
        pageIds: ['p1'],
        audienceIds: [],
        forcedVariations: {},
        trafficAllocation: [
          { entityId: 'v2', endOfRange: share },
          { entityId: 'v1', endOfRange: 10_000 },
        ],
        variations: [
          { id: 'v1', key: 'control', actions: [] },
          { id: 'v2', key: 'bold', actions: [{ pageId: 'p1', changes }] },
        ],
        ...options.experiment,
      },
    ],
    ...options.fields,
  }
}

const EVERY_PAGE = { type: 'url', match: 'substring', value: '/' }

/** What a browser sends: without it the visitor would be taken for a crawler. */
export const BROWSER = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
  accept: 'text/html,application/xhtml+xml',
}

/** The same of somebody who was here before. */
export function returning(id: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return { ...BROWSER, cookie: `turnout_visitor=${id}`, ...more }
}
