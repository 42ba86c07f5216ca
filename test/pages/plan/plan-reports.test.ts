import { describe, expect, it } from 'vitest'
import { edgeAttributes } from '../../../src/pages/plan/edge-attributes.ts'
import type { PageReports } from '../../../src/pages/plan/page.ts'
import type { PageQuestion } from '../../../src/pages/plan/plan-page.ts'
import { experimentOn, type Fields, pageAt, planOf, redirectTo, textOf } from './site.ts'

const CODE = { type: 'custom_code', value: 'a()' }
const CSS = { type: 'custom_css', value: 'h1{color:red}' }
/** Moved, which is done in the browser. */
const MOVED = { type: 'rearrange', selector: '#reviews', insertSelector: '#gallery', operator: 'before' }
const MOVED_TOO = { type: 'rearrange', selector: '#prices', insertSelector: '#gallery', operator: 'after' }

const REVIEWS = { selector: '#reviews', target: '#gallery' }
const PRICES = { selector: '#prices', target: '#gallery' }
/** Counted among its siblings, which is done in the browser. */
const NTH = { type: 'attribute', selector: 'li:nth-child(2)', attributes: { class: 'second' } }

const OFF = { trafficAllocation: [{ entityId: 'e1-off', endOfRange: 10_000 }] }
const EXPOSURE = { type: 'page-exposure', experimentId: 'e1', variationId: 'e1-on' }
const EXPOSURE_OFF = { ...EXPOSURE, variationId: 'e1-off' }
const USUALLY = { isAhead: false, isFirstSession: false, attributes: [] }

/** What the page reports of an experiment that makes these changes. */
function reportsOf(
  changes: readonly unknown[],
  { experiment, datafile, ...question }: { experiment?: Fields; datafile?: Fields } & Partial<PageQuestion> = {},
): PageReports | null {
  const experiments = [experimentOn('e1', changes, experiment)]
  return planOf({ experiments, ...datafile }, { reporting: USUALLY, ...question }).reports
}

describe('what a page reports by itself', () => {
  it('is nothing where the Worker makes every change', () => {
    expect(reportsOf([textOf('a'), CSS])).toBeNull()
    expect(reportsOf([textOf('a'), CSS], { experiment: OFF })).toBeNull()
  })

  it('is nothing where the page cannot', () => {
    expect(reportsOf([CODE], { reporting: undefined })).toBeNull()
  })

  it('is what code does, as soon as the script has run', () => {
    expect(reportsOf([CODE])).toEqual({ atOnce: [EXPOSURE], awaiting: [], facts: [], untrusted: [] })
  })

  it('is what is done to an element, once it is', () => {
    const reports = reportsOf([MOVED])
    expect(reports).toMatchObject({ atOnce: [], awaiting: [{ exposure: EXPOSURE, places: [] }] })
    expect(reports?.awaiting[0]?.edits).toHaveLength(1)
  })

  it('is what is done to an element, and not what the Worker does beside it', () => {
    const plan = planOf({ experiments: [experimentOn('e1', [CSS, textOf('a'), MOVED])] }, { reporting: USUALLY })
    const ofBrowser = plan.edits.filter(({ place }) => place === 'browser').map(({ edit }) => edit.id)
    expect(plan.reports?.awaiting.map(({ edits }) => edits)).toEqual([ofBrowser])
  })

  it('is what waits for something once that is there', () => {
    const first = { ...textOf('a'), id: 'first' }
    const waits = [first, { ...MOVED, id: 'moved', dependencies: ['first'] }, { ...CODE, dependencies: ['moved'] }]
    const reports = [reportsOf(waits), reportsOf(waits, { experiment: OFF })]
    expect(reports.map((each) => each?.atOnce)).toEqual([[], []])
    expect(reports.map((each) => each?.awaiting[0]?.edits.length)).toEqual([3, 0])
    expect(reports[1]?.awaiting[0]?.places).toEqual([{ selector: 'h1' }])
  })

  it('is not what the Worker leaves to the browser beside other experiments alone', () => {
    const other = experimentOn('e0', [{ type: 'custom_code', value: 'document.querySelector("h1").remove()' }])
    const experiments = [other, experimentOn('e1', [textOf('a'), MOVED])]
    const plan = planOf({ experiments }, { reporting: USUALLY })
    const ofBrowser = plan.edits.filter(({ place }) => place === 'browser')
    expect(ofBrowser).toHaveLength(3)
    expect(plan.reports?.awaiting.map(({ edits }) => edits)).toEqual([[ofBrowser[2]?.edit.id]])
  })

  it.each([
    ['code', [CODE], [EXPOSURE_OFF], []],
    ['code beside an element', [CODE, MOVED], [EXPOSURE_OFF], []],
    ['an element that is moved', [MOVED], [], [REVIEWS]],
    ['an element that is not', [NTH], [], [{ selector: 'li:nth-child(2)' }]],
    ['several elements, each once', [MOVED, MOVED_TOO, { ...MOVED, operator: 'after' }], [], [REVIEWS, PRICES]],
  ])('is control, where the others have %s', (_, changes, atOnce, places) => {
    const awaiting = places.length === 0 ? [] : [{ exposure: EXPOSURE_OFF, edits: [], places, isLate: true }]
    expect(reportsOf(changes, { experiment: OFF })).toEqual({ atOnce, awaiting, facts: [], untrusted: [] })
  })

  it('is at once of all variations, where one has code', () => {
    const variations = [CODE, MOVED].map((change, index) => ({
      id: `v${index}`,
      key: `v${index}`,
      actions: [{ pageId: 'home', changes: [change] }],
    }))
    const moved = { variations, trafficAllocation: [{ entityId: 'v1', endOfRange: 10_000 }] }
    expect(reportsOf([], { experiment: moved })?.atOnce).toEqual([{ ...EXPOSURE, variationId: 'v1' }])
  })

  it('is nothing of experiments that redirect from the page, for whoever is sent away reports nothing', () => {
    expect(reportsOf([redirectTo('https://shop.example/new'), CODE])).toBeNull()
    expect(reportsOf([redirectTo('https://shop.example/new'), CODE], { experiment: OFF })).toBeNull()
  })

  it('is nothing of experiments that redirect from the page where it is fetched ahead: a redirect would count for nobody', () => {
    const redirects = [redirectTo('https://shop.example/new')]
    const reporting = { ...USUALLY, isAhead: true }
    expect(reportsOf(redirects, { reporting })).toBeNull()
    expect(reportsOf(redirects, { reporting, experiment: OFF })).toBeNull()
  })

  it('is nothing of an experiment that the visitor is not in', () => {
    expect(reportsOf([CODE], { experiment: { trafficAllocation: [] } })).toBeNull()
  })

  it('names the flag of an experiment, and the holdout that keeps the visitor out of it', () => {
    const flag = { id: 'f1', key: 'hero', rolloutId: '', experimentIds: ['e1'], variables: [] }
    const holdout = {
      id: 'h1',
      key: 'nobody',
      status: 'Running',
      audienceIds: [],
      variations: [{ id: 'hv', key: 'off', featureEnabled: false }],
      trafficAllocation: [{ entityId: 'hv', endOfRange: 10_000 }],
    }
    expect(reportsOf([CODE], { datafile: { featureFlags: [flag] } })?.atOnce).toEqual([
      { ...EXPOSURE, flagKey: 'hero' },
    ])
    expect(reportsOf([CODE], { datafile: { featureFlags: [flag], holdouts: [holdout] } })?.atOnce).toEqual([
      { ...EXPOSURE, flagKey: 'hero', variationId: 'hv', holdoutId: 'h1' },
    ])
  })

  it('tells what attributes are read from that the page alone knows, and of new visitors that they are', () => {
    const attributes = edgeAttributes(['$referrer', '$utm_source', '$query.a', '$url', '$browser', '$first_session'])
    const factsFor = (isFirstSession: boolean) =>
      reportsOf([CODE], { reporting: { isAhead: false, isFirstSession, attributes } })?.facts
    expect([factsFor(false), factsFor(true)]).toEqual([
      ['referrer', 'path'],
      ['referrer', 'path', 'isFirstSession'],
    ])
  })

  it('is everything, where the page is fetched before it is shown', () => {
    const reporting = { ...USUALLY, isAhead: true }
    expect(reportsOf([CSS], { reporting })?.atOnce).toEqual([EXPOSURE])
    expect(reportsOf([CSS], { reporting, experiment: OFF })?.atOnce).toEqual([EXPOSURE_OFF])
    expect(reportsOf([MOVED], { reporting })).toEqual(reportsOf([MOVED]))
  })

  it('is in what caches go by', () => {
    const tagOf = (reporting: PageQuestion['reporting'], fields: Fields = {}) =>
      planOf({ experiments: [experimentOn('e1', [CSS], fields)] }, { reporting }).cacheTag
    expect(tagOf(USUALLY)).toBe(tagOf(undefined))
    expect(tagOf({ ...USUALLY, isAhead: true })).not.toBe(tagOf(USUALLY))
    expect(tagOf({ ...USUALLY, isAhead: true }, OFF)).not.toBe(tagOf(USUALLY, OFF))
  })

  it('is of each page by itself', () => {
    const pages = [pageAt(), pageAt('cart')]
    const variations = [
      { id: 'e1-off', key: 'off' },
      {
        id: 'e1-on',
        key: 'on',
        actions: [
          { pageId: 'home', changes: [CSS] },
          { pageId: 'cart', changes: [CODE] },
        ],
      },
    ]
    const experiment = { pageIds: ['home', 'cart'], variations }
    const on = (url: string) => reportsOf([], { experiment, datafile: { pages }, url })?.atOnce
    expect([on('https://shop.example/'), on('https://shop.example/cart')]).toEqual([undefined, [EXPOSURE]])
  })
})
