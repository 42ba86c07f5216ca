import { describe, expect, it } from 'vitest'
import type { PageQuestion } from '../../../src/pages/plan/plan-page.ts'
import { experimentWith, flagWith } from '../../engine/datafile-builder.ts'
import { experimentOn, type Fields, pageAt, planOf, redirectTo, textOf } from './site.ts'

/** Two flags, and one that cannot be decided. */
const FLAGS: Fields = {
  featureFlags: [
    flagWith({ variables: [{ id: 'x', key: 'title', type: 'string', defaultValue: 'Hello' }] }),
    flagWith({ id: 'f2', key: 'off', experimentIds: [] }),
    flagWith({ id: 'f3', key: 'broken', experimentIds: ['e9'] }),
  ],
  experiments: [experimentWith(), experimentWith({ id: 'e9', key: 'dangling', groupId: 'nowhere' })],
}

function planWith(handoff: unknown, fields: Fields = {}, question: Partial<PageQuestion> = {}) {
  return planOf({ ...FLAGS, pages: [pageAt('', { handoff })], ...fields }, { handoff: [], ...question })
}

function handed(plan: { readonly handoff: string | null }) {
  return plan.handoff === null ? null : JSON.parse(plan.handoff)
}

const keysOf = (plan: { readonly handoff: string | null }): readonly string[] =>
  handed(plan)?.decisions.map(({ flagKey }: { flagKey: string }) => flagKey) ?? []

describe('decisions that are handed over', () => {
  it('are those of all flags that can be decided, for the visitor as they were decided', () => {
    expect(handed(planWith(true, {}, { userId: 'u7', attributes: { plan: 'pro' } }))).toEqual({
      user: { userId: 'u7', attributes: { plan: 'pro' } },
      decisions: [
        { flagKey: 'flag', enabled: true, variationKey: 'on', ruleKey: 'exp', variables: { title: 'Hello' } },
        { flagKey: 'off', enabled: false, variationKey: null, ruleKey: null, variables: {} },
      ],
    })
  })

  it.each([
    ['those that the page names, each once', ['off', 'off'], [], ['off']],
    ['none that the datafile does not have', ['off', 'gone', '__proto__'], [], ['off']],
    ['none where the page names none', [], 'all', []],
    ['none where all it names are gone', ['gone'], 'all', []],
    ['none where the page says so, whatever the site says', false, 'all', []],
    ['all where the page says so, whatever the site says', true, [], ['flag', 'off']],
    ['all where the page says nothing and the site does', undefined, 'all', ['flag', 'off']],
    ['none where nobody says anything', undefined, [], []],
  ] as const)('are %s', (_, page, handoff, keys) => {
    expect(keysOf(planWith(page, {}, { handoff }))).toEqual(keys)
  })

  it('are those that any of the pages names', () => {
    const conditions = ['or', { type: 'url', match: 'substring', value: '/' }]
    const pages = [pageAt('', { handoff: ['off'] }), pageAt('all', { handoff: ['flag'], conditions })]
    expect(keysOf(planWith(null, { pages }))).toEqual(['off', 'flag'])
    const [first] = pages
    expect(keysOf(planWith(null, { pages: [first, pageAt('all', { handoff: true, conditions })] }))).toEqual([
      'flag',
      'off',
    ])
  })

  it('are none where whoever asks has no use for them, and none in a datafile without flags', () => {
    const { featureFlags: _, ...without } = FLAGS
    expect(planOf({ ...FLAGS, pages: [pageAt('', { handoff: true })] }).handoff).toBe(null)
    expect(planOf({ ...without, pages: [pageAt('', { handoff: true })] }, { handoff: 'all' })).toMatchObject({
      handoff: null,
      cacheTag: null,
    })
  })

  it('are none where the visitor is sent elsewhere', () => {
    const experiments = [experimentWith(), experimentOn('e2', [redirectTo('https://shop.example/new')])]
    expect(planWith(true, { experiments, featureFlags: [flagWith()] })).toMatchObject({
      redirect: 'https://shop.example/new',
      handoff: null,
    })
  })

  it('hold no text that could leave their element', () => {
    const { handoff } = planWith(true, {}, { userId: '</script><!--é\u2028' })
    expect(handoff).toMatch(/^[\x20-\x7e]*$/)
    expect(handoff).not.toMatch(/[<>&]/)
    expect(handed({ handoff })?.user.userId).toBe('</script><!--é\u2028')
  })
})

describe('a page that hands over', () => {
  it('is the visitor’s own, and each time the same for the same decisions', () => {
    const tags = [{}, {}, { userId: 'u2' }, { attributes: { plan: 'pro' } }].map(
      (question) => planWith(true, {}, question).cacheTag,
    )
    expect(tags[0]).not.toBe(null)
    expect(tags[1]).toBe(tags[0])
    expect(new Set(tags).size).toBe(3)
  })

  it('is another once a decision is', () => {
    const other = [experimentWith({ variations: [{ id: 'v1', key: 'other', featureEnabled: true }] })]
    const featureFlags = [flagWith()]
    const { cacheTag } = planWith(true, { featureFlags })
    expect(planWith(true, { featureFlags, experiments: other }).cacheTag).not.toBe(cacheTag)
  })

  it('knows the visitor again', () => {
    const cookiesFor = ({ applies }: { applies: boolean }) => [`applies=${applies}`]
    expect(planWith(true, {}, { cookiesFor }).cookies).toEqual(['applies=true'])
    expect(planWith(false, {}, { cookiesFor }).cookies).toEqual(['applies=false'])
  })

  it('counts nothing by it', () => {
    expect(planWith(true).decisions).toEqual([])
  })
})

describe('decisions that a page goes by', () => {
  const both = {
    trafficAllocation: [{ entityId: 'e1-off', endOfRange: 10_000 }],
    variations: [
      { id: 'e1-off', key: 'off', featureEnabled: false },
      { id: 'e1-on', key: 'on', featureEnabled: true, actions: [{ pageId: 'home', changes: [textOf('a')] }] },
    ],
  }
  const site = { experiments: [experimentOn('e1', [], both)], featureFlags: [flagWith()] }

  it('are the ones that it hands over', () => {
    const plan = planWith(true, { ...site, experiments: [experimentOn('e1', [textOf('a')])] })
    expect(plan.decisions).toMatchObject([{ flagKey: 'flag', variation: { key: 'on' } }])
    expect(handed(plan).decisions).toMatchObject([{ flagKey: 'flag', variationKey: 'on', ruleKey: 'e1' }])
  })

  it('stay what the visitor was given before', () => {
    const plan = planWith(true, site, { profile: new Map([['e1', 'e1-on']]) })
    expect(plan.decisions).toMatchObject([{ variation: { key: 'on' } }])
    expect(handed(plan).decisions).toMatchObject([{ variationKey: 'on' }])
  })

  it('are kept from then on, those of flags on no page too', () => {
    const experiments = [experimentOn('e1', [textOf('a')]), experimentWith({ id: 'e2', key: 'e2' })]
    const featureFlags = [flagWith(), flagWith({ id: 'f2', key: 'other', experimentIds: ['e2'] })]
    const { profile } = planWith(true, { experiments, featureFlags }, { profile: new Map() })
    expect(profile).toEqual(
      new Map([
        ['e1', 'e1-on'],
        ['e2', 'v1'],
      ]),
    )
  })

  it('are those of a preview', () => {
    const plan = planWith(true, site, { forced: [{ experimentKey: 'e1', variationKey: 'on' }] })
    expect(plan.decisions).toMatchObject([{ variation: { key: 'on' } }])
    expect(handed(plan).decisions).toEqual([
      { flagKey: 'flag', enabled: true, variationKey: 'on', ruleKey: 'e1', variables: {} },
    ])
  })
})
