/** What is measured: datafiles whose one experiment does one kind of thing to the shop's page, and the same for others. */

/** The host and path of the page, as its visitors know them. */
export const PAGE_HOST = 'shop.example'
export const PAGE_PATH = '/products/tin-kettle'
/** The same page, which comes in pieces, and without its length. */
export const PIECES_TARGET = `${PAGE_PATH}?pieces`
export const PAGE_URL = `https://${PAGE_HOST}${PAGE_PATH}`

export type Change = Readonly<Record<string, unknown>>

/** How an answer of a case is told from the origin's: texts that have to be in it. */
export interface PageCase {
  readonly name: CaseName
  /** In a reader's words, for a table. */
  readonly what: string
  readonly datafile: object
  /** Of the variation that everyone is in; none where nothing applies. */
  readonly changes: readonly Change[]
  readonly expected: readonly string[]
  readonly status: 200 | 302 | 304
  /** What is asked for. */
  readonly target: string
}

export type CaseName =
  | 'elsewhere'
  | 'no-pages'
  | 'script'
  | 'css'
  | 'ids'
  | 'ids-static'
  | 'classes'
  | 'redirect'
  | 'unchanged'
  | 'among-10'
  | 'among-100'
  | 'script-pieces'
  | 'ids-pieces'
  | 'classes-pieces'

const CODE: Change = {
  type: 'custom_code',
  value:
    'document.title = "Kettles"; document.querySelectorAll(".card-rating").forEach((element) => { element.hidden = true })',
}
const MOVE: Change = { type: 'rearrange', selector: '.reviews', insertSelector: '.related', operator: 'before' }
const CSS: Change = { type: 'custom_css', value: '.product-title{letter-spacing:.02em}#buy{background:#0a5c36}' }

/** What the edits by id put into the page, whoever makes them. */
export const BY_ID = {
  titleClass: 'product-title bold',
  heroSource: '/images/kettle-red-800.jpg',
  notice: '<p class="stock">Only three left</p>',
}

/** Edits near the top of the page, by id: behind the last of them the page is only passed on. */
export const EDITS_BY_ID: readonly Change[] = [
  { type: 'attribute', selector: '#title', attributes: { class: BY_ID.titleClass } },
  { type: 'attribute', selector: '#hero', attributes: { src: BY_ID.heroSource } },
  { type: 'insert_html', selector: '#buy', operator: 'before', value: BY_ID.notice },
]
/** As HTML has it, which no script in the page does. */
export const EDITED_BY_ID = [`class="${BY_ID.titleClass}"`, `src="${BY_ID.heroSource}"`, BY_ID.notice]

/** Edits of elements all over the page: until its end, more of them may come. */
const EDITS_BY_CLASS: readonly Change[] = [
  { type: 'attribute', selector: '.amount.reduced', attributes: { title: 'Reduced' } },
  { type: 'attribute', selector: '.product-title', attributes: { class: BY_ID.titleClass } },
  { type: 'insert_html', selector: '.product-price', operator: 'before', value: BY_ID.notice },
]

const EDITED_BY_CLASS = ['title="Reduced"', `class="${BY_ID.titleClass}"`, `${BY_ID.notice}<p class="product-price">`]

/** All cases, in the order in which they are shown. */
export const PAGE_CASES: readonly PageCase[] = [
  pageCase('elsewhere', 'no experiment on the page (10 on others)', { changes: [], others: 10 }),
  pageCase('no-pages', 'a datafile without pages', { changes: [], others: 0 }),
  pageCase('script', 'script only: custom code, and an element moved in the browser', {
    changes: [CODE, MOVE],
    expected: ['document.title = "Kettles"'],
  }),
  pageCase('css', 'CSS only', { changes: [CSS], expected: ['<style data-turnout>'] }),
  pageCase('ids', 'edge edits by id, kept alive in the browser', { changes: EDITS_BY_ID, expected: EDITED_BY_ID }),
  pageCase('ids-static', 'the same with `"hydrates": false`', {
    changes: EDITS_BY_ID,
    expected: EDITED_BY_ID,
    hydrates: false,
  }),
  pageCase('classes', 'edge edits by class, to the end of the page', {
    changes: EDITS_BY_CLASS,
    expected: EDITED_BY_CLASS,
  }),
  pageCase('redirect', 'redirect', {
    changes: [{ type: 'redirect', destination: `https://${PAGE_HOST}/products/kettle-2`, preserveParameters: true }],
    status: 302,
  }),
  pageCase('unchanged', 'edge edits by id, unchanged since the last visit (304)', {
    changes: EDITS_BY_ID,
    status: 304,
  }),
  pageCase('among-10', 'script only, one of 10 page experiments', {
    changes: [CODE, MOVE],
    others: 9,
    expected: ['document.title = "Kettles"'],
  }),
  pageCase('among-100', 'script only, one of 100 page experiments', {
    changes: [CODE, MOVE],
    others: 99,
    expected: ['document.title = "Kettles"'],
  }),
  pageCase('script-pieces', 'script only, the page in pieces', {
    changes: [CODE, MOVE],
    expected: ['document.title = "Kettles"'],
    target: PIECES_TARGET,
  }),
  pageCase('ids-pieces', 'edge edits by id, the page in pieces', {
    changes: EDITS_BY_ID,
    expected: EDITED_BY_ID,
    target: PIECES_TARGET,
  }),
  pageCase('classes-pieces', 'edge edits by class, the page in pieces', {
    changes: EDITS_BY_CLASS,
    expected: EDITED_BY_CLASS,
    target: PIECES_TARGET,
  }),
]

interface CaseFields extends Partial<Pick<PageCase, 'expected' | 'status' | 'target'>> {
  readonly changes: readonly Change[]
  /** Experiments on other pages of the site. */
  readonly others?: number
  readonly hydrates?: boolean
}

function pageCase(name: CaseName, what: string, fields: CaseFields): PageCase {
  const { changes, others = 0, hydrates = true, expected = [], status = 200, target = PAGE_PATH } = fields
  const indexes = Array.from({ length: others }, (_, index) => index + 1)
  const matching = changes.length === 0 ? [] : [experimentOn(PAGE_PATH, 0, { changes, hydrates })]
  const made = [
    ...indexes.map((index) => experimentOn(`/collections/kitchen-${index}`, index, { changes: [CSS], hydrates })),
    ...matching,
  ]
  return { name, what, datafile: datafileOf(made), changes, expected, status, target }
}

type Made = ReturnType<typeof experimentOn>

function datafileOf(made: readonly Made[]): object {
  return {
    version: '4',
    revision: '7',
    accountId: '10367498574',
    projectId: '10431130345',
    anonymizeIP: true,
    featureFlags: [],
    ...(made.length === 0 ? {} : { pages: made.map(({ page }) => page) }),
    experiments: made.map(({ experiment }) => experiment),
  }
}

function experimentOn(
  path: string,
  index: number,
  { changes, hydrates }: { changes: readonly Change[]; hydrates: boolean },
) {
  const [pageId, on] = [`${300 + index}`, `${600 + index}`]
  return {
    page: {
      id: pageId,
      key: `page-${index}`,
      hydrates,
      conditions: ['and', ['or', { type: 'url', match: 'simple', value: `https://${PAGE_HOST}${path}` }]],
    },
    experiment: {
      id: `${400 + index}`,
      key: `experiment-${index}`,
      layerId: `${500 + index}`,
      status: 'Running',
      pageIds: [pageId],
      audienceIds: [],
      forcedVariations: {},
      trafficAllocation: [{ entityId: on, endOfRange: 10_000 }],
      variations: [
        { id: `${on}-off`, key: 'off', actions: [] },
        { id: on, key: 'on', actions: [{ pageId, changes }] },
      ],
    },
  }
}
