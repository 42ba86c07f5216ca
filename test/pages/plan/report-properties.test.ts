/** What counts when a page is served, and what the page reports: together all that counts, each of it in one way alone. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolveEvents } from '../../../src/api/events/resolve-events.ts'
import { pageProjectOf } from '../../../src/pages/plan/compile-pages.ts'
import type { PagePlan } from '../../../src/pages/plan/page.ts'
import { planPage } from '../../../src/pages/plan/plan-page.ts'
import { exposuresOf } from '../../../src/pages/proxy/exposures.ts'
import type { PageExposureJson } from '../../../src/protocol/events.ts'
import type { LoadedDatafile } from '../../../src/store/datafile-store.ts'
import { flagWith } from '../../engine/datafile-builder.ts'
import { impressionsAmong } from '../../support/impressions-among.ts'
import { experimentOn, type Fields, pageAt, questionWith, siteWith, urlOf } from './site.ts'

const seed = 20_261_201
const TIMESTAMP_MS = 1_795_500_000_000
const VISITORS = Array.from({ length: 24 }, (_, index) => `visitor-${index}`)
/** Matches `home` and `all`, or the latter alone. */
const URLS = [urlOf(''), urlOf('cart')]
/** What ids may be: datafiles have numbers that no double holds, and nobody forbids the rest. */
const ids = fc.constantFrom('', '9007199254740993', '</script>', '"\'\\', '\u2028', 'x'.repeat(2_000))

const selector = fc.constantFrom('h1', '#cta', 'li:nth-child(2)', 'p:has(a)', '#late')
const dependencies = fc.subarray(['a', 'b'])
const id = fc.constantFrom('a', 'b', undefined)
const change = fc.oneof(
  fc.record({
    type: fc.constant('attribute'),
    selector,
    attributes: fc.constantFrom({ text: 'x' }, { class: 'y' }),
    id,
    dependencies,
  }),
  fc.record({
    type: fc.constant('rearrange'),
    selector,
    insertSelector: selector,
    operator: fc.constant('before'),
    id,
    dependencies,
  }),
  fc.record({ type: fc.constant('custom_code'), value: fc.constantFrom('go("h1")', 'a()'), id, dependencies }),
  fc.record({ type: fc.constant('custom_css'), value: fc.constant('a{b:c}') }),
  fc.record({
    type: fc.constantFrom('insert_html'),
    selector,
    operator: fc.constant('after'),
    value: fc.constant('<p>'),
  }),
)
const redirect = fc.record({ type: fc.constant('redirect'), destination: fc.constantFrom(urlOf('new'), urlOf('cart')) })
const changes = fc.array(fc.oneof({ arbitrary: change, weight: 9 }, { arbitrary: redirect, weight: 1 }), {
  maxLength: 3,
})
const actions = fc.array(fc.record({ pageId: fc.constantFrom('home', 'all'), changes }), { maxLength: 2 })
const experiment = fc.record({
  arms: fc.array(actions, { minLength: 1, maxLength: 3 }),
  /** Of 10,000 visitors. */
  size: fc.constantFrom(0, 5_000, 10_000),
  /** Part of the traffic goes to a variation of another experiment, or the rest to the variation of the delivery. */
  kind: fc.constantFrom('usual', 'usual', 'usual', 'leads elsewhere', 'rollout'),
})
const holdout = fc.record({
  size: fc.constantFrom(2_000, 6_000),
  excludeTargetedDeliveries: fc.boolean(),
  of: fc.constantFrom('everything', 'e0', 'e1', 'delivery'),
})
const site = fc.record({
  prefix: ids,
  hydrates: fc.boolean(),
  experiments: fc.array(experiment, { minLength: 1, maxLength: 3 }),
  delivered: actions,
  holdouts: fc.array(holdout, { maxLength: 2 }),
  /** The experiments of two flags, which may share some. */
  flags: fc.tuple(fc.subarray([0, 1, 2]), fc.subarray([0, 1, 2])),
  sendFlagDecisions: fc.boolean(),
})
type SiteFields = typeof site extends fc.Arbitrary<infer Value> ? Value : never

function datafileOf(fields: SiteFields): Fields {
  const { prefix, experiments, flags, sendFlagDecisions, hydrates } = fields
  const all = { type: 'url', match: 'substring', value: 'shop.example' }
  const known = flags.map((indexes) => indexes.filter((index) => index < experiments.length))
  return {
    pages: [pageAt('', { hydrates }), { id: 'all', key: 'all', conditions: ['or', all] }],
    sendFlagDecisions,
    experiments: experiments.map((each, index) => experimentOf(`e${index}`, each, prefix)),
    featureFlags: known.map((indexes, index) =>
      flagWith({
        id: `f${index}`,
        key: `${prefix}flag-${index}`,
        experimentIds: indexes.map((experimentIndex) => `${prefix}e${experimentIndex}`),
        rolloutId: 'r',
      }),
    ),
    rollouts: [
      {
        id: 'r',
        experiments: [experimentOf('delivery', { arms: [fields.delivered], size: 7_000, kind: 'usual' }, prefix)],
      },
    ],
    ...holdoutsOf(fields),
  }
}

interface ExperimentFields {
  readonly arms: readonly unknown[]
  readonly size: number
  readonly kind: string
}

function experimentOf(name: string, { arms, size, kind }: ExperimentFields, prefix: string): Fields {
  const variations = [[], ...arms].map((each, index) => ({
    id: `${prefix}${name}-v${index}`,
    key: `v${index}`,
    featureEnabled: true,
    actions: each,
  }))
  const ids = kind === 'leads elsewhere' ? [`${prefix}e0-v1`, `${prefix}e1-v1`] : variations.map((each) => each.id)
  const trafficAllocation = ids.map((entityId, index) => ({
    entityId,
    endOfRange: Math.floor((size * (index + 1)) / ids.length),
  }))
  const type = kind === 'rollout' ? { type: 'fr' } : {}
  return experimentOn(`${prefix}${name}`, [], { pageIds: undefined, variations, trafficAllocation, ...type })
}

function holdoutsOf({ prefix, holdouts }: SiteFields): Fields {
  const entries = holdouts.map(({ size, excludeTargetedDeliveries, of }, index) => ({
    id: `${prefix}h${index}`,
    key: `h${index}`,
    status: 'Running',
    audienceIds: [],
    excludeTargetedDeliveries,
    variations: [{ id: `${prefix}h${index}-off`, key: 'off', featureEnabled: false }],
    trafficAllocation: [{ entityId: `${prefix}h${index}-off`, endOfRange: size }],
    ...(of !== 'everything' && { includedRules: [`${prefix}${of}`] }),
  }))
  const isLocal = (entry: object) => 'includedRules' in entry
  return { holdouts: entries.filter((entry) => !isLocal(entry)), localHoldouts: entries.filter(isLocal) }
}

interface Site {
  readonly loaded: LoadedDatafile
  readonly redirects: (ruleId: string) => boolean
  readonly plan: (userId: string, url: string, isAhead?: boolean) => PagePlan
}

function compiled(fields: SiteFields): Site {
  const loaded = { ...siteWith(datafileOf(fields)), stamp: { generation: 1, revision: '1', sha256: '' }, textUnits: 0 }
  const pages = pageProjectOf(loaded)
  if (!pages.ok) throw new Error(JSON.stringify(pages.error))
  const plan = (userId: string, url: string, isAhead = false) =>
    planPage(pages.value, questionWith({ userId, url, reporting: { isAhead, isFirstSession: false, attributes: [] } }))
  const redirects = (ruleId: string) => (pages.value.rules.get(ruleId)?.redirects.size ?? 0) > 0
  return { loaded, plan, redirects }
}

function reportedBy({ reports }: PagePlan): readonly PageExposureJson[] {
  return reports === null ? [] : [...reports.atOnce, ...reports.awaiting.map(({ exposure }) => exposure)]
}

/** What a list of exposures counts, uuids and all, in no order. */
function namesOf(events: Parameters<typeof impressionsAmong>[0]): readonly string[] {
  const impressions = impressionsAmong(events)
  return impressions.map(({ uuid, flagKey, source, rule, variation, enabled }) =>
    JSON.stringify([uuid, flagKey, source, rule?.id, variation?.id, enabled]),
  )
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted()
}

/** How it counts that a visitor is in an experiment on a page. */
function momentOf({ reports }: PagePlan, experimentId: string): string {
  if (reports?.atOnce.some((exposure) => exposure.experimentId === experimentId)) return 'at once'
  const awaiting = reports?.awaiting.find(({ exposure }) => exposure.experimentId === experimentId)
  return awaiting === undefined ? 'served' : `awaited, ${awaiting.isLate ? 'late too' : 'until the page has loaded'}`
}

/** Whether it counts at all: of those who are sent elsewhere, what sends them alone. */
function isCounted({ decisions, redirect }: PagePlan, experimentId: string): boolean {
  const decision = decisions.find((each) => each.experimentId === experimentId)
  return redirect === null && decision !== undefined && (decision.variation ?? decision.holdout) !== null
}

describe('whatever the datafile, and whoever the visitor', () => {
  it('what is served and what is reported are all that counts, and nothing is both', async () => {
    let reported = 0
    const whole = fc.asyncProperty(
      site,
      fc.constantFrom(...VISITORS),
      fc.constantFrom(...URLS),
      async (fields, userId, url) => {
        const { loaded, plan } = compiled(fields)
        const planned = plan(userId, url)
        const to = { sdkKey: 'shop', userId, attributes: {}, timestampMs: TIMESTAMP_MS, loaded }
        const said: PageExposureJson[] = JSON.parse(JSON.stringify(reportedBy(planned)))
        const { project } = loaded
        const taken = await resolveEvents(said, { ...to, project, page: loaded, nowMs: TIMESTAMP_MS })
        expect(taken.refused).toEqual([])
        const served = await exposuresOf(planned.served, to)
        const shown = planned.redirect === null ? planned.decisions : planned.served
        expect(distinct(namesOf([...served, ...taken.events]))).toEqual(distinct(namesOf(await exposuresOf(shown, to))))
        const both = planned.served.filter(({ experimentId }) => said.some((one) => one.experimentId === experimentId))
        expect(both).toEqual([])
        reported += said.length
      },
    )
    await fc.assert(whole, { seed, numRuns: 3_000 })
    expect(reported).toBeGreaterThan(300)
  })

  it('a page that is fetched ahead reports all of it, but of experiments that redirect from it', async () => {
    let reported = 0
    const whole = fc.asyncProperty(
      site,
      fc.constantFrom(...VISITORS),
      fc.constantFrom(...URLS),
      async (fields, userId, url) => {
        const { loaded, plan, redirects } = compiled(fields)
        const planned = plan(userId, url, true)
        const said = reportedBy(planned)
        const to = { sdkKey: 'shop', userId, attributes: {}, timestampMs: TIMESTAMP_MS, loaded }
        const left = planned.served.filter(({ experimentId }) => !redirects(experimentId))
        expect(await exposuresOf(left, to)).toEqual([])
        reported += said.length
      },
    )
    await fc.assert(whole, { seed, numRuns: 2_000 })
    expect(reported).toBeGreaterThan(1_000)
  })

  it('an experiment counts in the same way for all of its variations, and for whoever is held out', () => {
    let compared = 0
    const alike = fc.property(site, fc.constantFrom(...URLS), fc.boolean(), (fields, url, isAhead) => {
      const { plan } = compiled(fields)
      const plans = VISITORS.map((userId) => plan(userId, url, isAhead))
      for (const index of fields.experiments.keys()) {
        const experimentId = `${fields.prefix}e${index}`
        const counted = plans.filter((each) => isCounted(each, experimentId))
        const moments = new Set(counted.map((each) => momentOf(each, experimentId)))
        expect(moments.size).toBeLessThanOrEqual(1)
        if (counted.length > 1 && !moments.has('served')) compared++
      }
    })
    fc.assert(alike, { seed, numRuns: 1_000 })
    expect(compared).toBeGreaterThan(100)
  })
})
