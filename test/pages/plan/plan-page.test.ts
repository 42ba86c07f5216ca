import { describe, expect, it } from 'vitest'
import { planPage } from '../../../src/pages/plan/plan-page.ts'
import { flagWith } from '../../engine/datafile-builder.ts'
import { experimentAt, experimentOn, operationsOf, pageAt, pagesOf, planOf, questionWith, textOf } from './site.ts'

const text = (words: string) => ({ kind: 'text', text: words })
const homeActions = (words: string) => [{ pageId: 'home', changes: [textOf(words)] }]
const nobody = { trafficAllocation: [{ entityId: '', endOfRange: 10_000 }] }

describe('the plan of a page', () => {
  it('is empty where no page of the datafile matches', () => {
    expect(planOf({ experiments: [experimentOn('e1', [textOf('a')])] }, { url: 'https://shop.example/other' })).toEqual(
      {
        pageKeys: [],
        decisions: [],
        served: [],
        edits: [],
        css: '',
        redirect: null,
        reports: null,
        hydrates: true,
        handoff: null,
        clientNavigation: false,
        cookies: [],
        profile: null,
        cacheTag: null,
      },
    )
  })

  it('says what the visitor’s variation does, and which that is', () => {
    const plan = planOf({ experiments: [experimentOn('e1', [textOf('a'), { type: 'custom_css', value: 'h1{}' }])] })
    expect(plan).toMatchObject({
      pageKeys: ['home'],
      decisions: [
        {
          experimentId: 'e1',
          experimentKey: 'e1',
          flagKey: null,
          variation: { key: 'on' },
          source: 'experiment',
          reasons: [],
        },
      ],
      edits: [{ edit: { kind: 'dom', id: 'e1.e1-on.0', selector: 'h1', operation: text('a'), dependencies: [] } }],
      css: 'h1{}',
      redirect: null,
    })
  })

  it('has a decision, and no edit, for a visitor who is in no variation', () => {
    const plan = planOf({ experiments: [experimentOn('e1', [textOf('a')], nobody)] })
    expect(plan).toMatchObject({ decisions: [{ experimentId: 'e1', variation: null }], edits: [] })
  })

  it('knows nothing of an experiment that does not run', () => {
    const plan = planOf({ experiments: [experimentOn('e1', [textOf('a')], { status: 'Paused' })] })
    expect(plan).toMatchObject({ decisions: [], edits: [], cacheTag: null })
  })

  it('applies all experiments about the page, in datafile order, grouped ones after the others', () => {
    const group = {
      id: 'g',
      policy: 'overlapping',
      trafficAllocation: [],
      experiments: [experimentOn('e3', [textOf('c')])],
    }
    const experiments = [experimentOn('e2', [textOf('a')]), experimentOn('e1', [textOf('b')])]
    expect(operationsOf(planOf({ experiments, groups: [group] }))).toEqual([text('a'), text('b'), text('c')])
  })

  it('applies what an experiment does on each page that matches, in the order of its actions', () => {
    const everywhere = { type: 'url', match: 'substring', value: 'shop.example' }
    const experiment = experimentOn('e1', [], {
      pageIds: ['home', 'all', 'other'],
      variations: [
        {
          id: 'e1-on',
          key: 'on',
          actions: [
            { pageId: 'all', changes: [textOf('all')] },
            { pageId: 'other', changes: [textOf('other')] },
            { pageId: 'home', changes: [textOf('home')] },
          ],
        },
      ],
    })
    const pages = [pageAt(), pageAt('all', { conditions: everywhere }), pageAt('other')]
    const plan = planOf({ pages, experiments: [experiment] })
    expect([plan.pageKeys, operationsOf(plan), plan.decisions.length]).toEqual([
      ['home', 'all'],
      [text('all'), text('home')],
      1,
    ])
  })

  it('keeps experiments in datafile order whichever of several matching pages they are about', () => {
    const pages = [pageAt('all', { conditions: { type: 'url', match: 'substring', value: 'shop' } }), pageAt()]
    const experiments = [experimentOn('e1', [textOf('a')]), experimentAt('all', 'e2', [textOf('b')])]
    expect(operationsOf(planOf({ pages, experiments }))).toEqual([text('a'), text('b')])
  })

  it('is about the pages of its actions where an experiment names none', () => {
    const { pageIds: _, ...experiment } = experimentOn('e1', [textOf('a')])
    expect(operationsOf(planOf({ experiments: [experiment] }))).toEqual([text('a')])
  })

  it('does nothing on a page that the experiment does not name', () => {
    const experiment = experimentOn('e1', [textOf('a')], { pageIds: ['other'] })
    expect(planOf({ pages: [pageAt(), pageAt('other')], experiments: [experiment] })).toMatchObject({
      decisions: [],
      edits: [],
    })
  })

  it.each(['__proto__', 'constructor', 'toString'])('treats %s as a name like any other', (name) => {
    const experiment = experimentOn(name, [textOf('a', { id: name })], { pageIds: [name] })
    const variations = [{ id: name, key: name, actions: [{ pageId: name, changes: [textOf('a', { id: name })] }] }]
    const trafficAllocation = [{ entityId: name, endOfRange: 10_000 }]
    const plan = planOf({
      pages: [pageAt('', { id: name, key: name })],
      experiments: [{ ...experiment, variations, trafficAllocation }],
    })
    expect([plan.pageKeys, operationsOf(plan)]).toEqual([[name], [text('a')]])
  })
})

describe('what depends on another change', () => {
  const waits = { type: 'custom_code', value: 'go()', dependencies: ['first'] }

  it('waits for every edit that this change came to', () => {
    const first = textOf('a', { id: 'first', css: { color: 'red' } })
    const { edits } = planOf({ experiments: [experimentOn('e1', [first, waits])] })
    expect(edits.map(({ edit }) => [edit.id, edit.dependencies])).toEqual([
      ['first', []],
      ['first.1', []],
      ['e1.e1-on.1', ['first', 'first.1']],
    ])
  })

  it('does not wait for an edit of a page that does not match', () => {
    const actions = [
      { pageId: 'other', changes: [textOf('a', { id: 'first' })] },
      { pageId: 'home', changes: [waits] },
    ]
    const variations = [{ id: 'e1-on', key: 'on', actions }]
    const experiment = experimentOn('e1', [], { pageIds: ['home', 'other'], variations })
    const { edits } = planOf({ pages: [pageAt(), pageAt('other')], experiments: [experiment] })
    expect(edits).toMatchObject([{ edit: { code: 'go()', dependencies: [] } }])
  })

  it('is called by an id of ours where two changes share theirs', () => {
    const experiments = [experimentOn('e1', [textOf('a', { id: 'x' })]), experimentOn('e2', [textOf('b', { id: 'x' })])]
    const { edits } = planOf({ experiments })
    expect(edits.map(({ edit }) => edit.id)).toEqual(['e1.e1-on.0', 'e2.e2-on.0'])
  })
})

describe('an experiment of a flag', () => {
  const flags = { featureFlags: [flagWith({ experimentIds: ['e1', 'e2'] })] }
  const experiments = [experimentOn('e1', [textOf('a')]), experimentOn('e2', [textOf('b')])]

  it('is decided in the order of the flag: the first that the visitor is in is the only one', () => {
    const plan = planOf({ experiments, ...flags })
    expect([operationsOf(plan), plan.decisions]).toMatchObject([
      [text('a')],
      [
        { experimentId: 'e1', flagKey: 'flag', variation: { key: 'on' } },
        { experimentId: 'e2', flagKey: 'flag', variation: null },
      ],
    ])
  })

  it('is decided by the flag also where the page is only about the second of its experiments', () => {
    const first = experimentAt('other', 'e1', [textOf('a')])
    const plan = planOf({ pages: [pageAt(), pageAt('other')], experiments: [first, experiments[1]], ...flags })
    expect(plan).toMatchObject({ decisions: [{ experimentId: 'e2', variation: null }], edits: [] })
  })

  it('applies where any of several flags gets as far', () => {
    const featureFlags = [
      flagWith({ experimentIds: ['e1', 'e2'] }),
      flagWith({ id: 'f2', key: 'second', experimentIds: ['e2'] }),
    ]
    expect(operationsOf(planOf({ experiments, featureFlags }))).toEqual([text('a'), text('b')])
  })

  const holdout = {
    id: 'h',
    key: 'held',
    status: 'Running',
    audienceIds: [],
    variations: [{ id: 'ho', key: 'off' }],
    trafficAllocation: [{ entityId: 'ho', endOfRange: 10_000 }],
  }

  it('is kept from whoever a holdout holds out', () => {
    const holdouts = [holdout]
    const held = { decisions: [{ source: 'holdout', variation: null }], edits: [] }
    expect([
      planOf({ experiments: [experiments[0]], ...flags, holdouts }),
      planOf({ experiments: [experiments[0]], holdouts }),
    ]).toMatchObject([held, held])
  })

  it('is kept from them by a holdout that leaves deliveries alone, too, which counts as it does for the flag', () => {
    const delivery = experimentOn('d1', [textOf('delivered')])
    const plan = planOf({
      experiments: [experiments[0]],
      rollouts: [{ id: 'r', experiments: [delivery] }],
      featureFlags: [flagWith({ rolloutId: 'r' })],
      holdouts: [{ ...holdout, excludeTargetedDeliveries: true }],
    })
    expect([operationsOf(plan), plan.decisions]).toMatchObject([
      [text('delivered')],
      [
        { experimentId: 'e1', variation: null, source: 'holdout', holdout: { rule: { id: 'h' } } },
        { experimentId: 'd1', variation: { key: 'on' }, source: 'rollout', holdout: null },
      ],
    ])
  })

  it('has nothing to do with a holdout from another experiment of its flag', () => {
    const localHoldouts = [{ ...holdout, includedRules: ['e1'] }]
    expect(planOf({ experiments, ...flags, localHoldouts }).decisions).toMatchObject([
      { experimentId: 'e1', source: 'holdout', holdout: { rule: { id: 'h' } } },
      { experimentId: 'e2', source: 'experiment', variation: null, holdout: null },
    ])
  })
})

describe('a delivery rule with actions', () => {
  const delivery = experimentOn('d1', [textOf('delivered')], { status: 'Paused' })
  const fields = {
    experiments: [],
    rollouts: [{ id: 'r', experiments: [delivery] }],
    featureFlags: [flagWith({ experimentIds: [], rolloutId: 'r' })],
  }

  it('applies to whoever the flag delivers it to, whatever its status, as in the SDK', () => {
    const plan = planOf(fields)
    expect([operationsOf(plan), plan.decisions]).toMatchObject([
      [text('delivered')],
      [{ experimentId: 'd1', flagKey: 'flag', source: 'rollout', variation: { key: 'on' } }],
    ])
  })

  it('is not heard of by the others, whose page is personal all the same', () => {
    const rollouts = [{ id: 'r', experiments: [{ ...delivery, ...nobody }] }]
    const plan = planOf({ ...fields, rollouts })
    expect(plan).toMatchObject({ decisions: [], edits: [], cacheTag: expect.any(String) })
  })

  it('applies also to whoever a Feature Rollout leaves over, who get its variation', () => {
    const rollout = experimentOn('e1', [], {
      type: 'fr',
      pageIds: undefined,
      variations: [{ id: 'e1-on', key: 'rolled-out' }],
      trafficAllocation: [{ entityId: 'e1-on', endOfRange: 0 }],
    })
    const everyoneElse = { ...delivery, variations: [{ id: 'd1-on', key: 'on', actions: homeActions('delivered') }] }
    const plan = planOf({
      experiments: [rollout],
      rollouts: [{ id: 'r', experiments: [everyoneElse] }],
      featureFlags: [flagWith({ experimentIds: ['e1'], rolloutId: 'r' })],
    })
    expect([operationsOf(plan), plan.decisions]).toMatchObject([
      [text('delivered')],
      [{ experimentId: 'e1', source: 'experiment', variation: { key: 'on' } }],
    ])
  })

  it('is nobody’s where no flag has its rollout', () => {
    expect(planOf({ ...fields, featureFlags: [] })).toMatchObject({ decisions: [], cacheTag: null })
  })
})

describe('what cannot be decided', () => {
  it('contributes nothing, says why, and leaves the others as they are', () => {
    const experiments = [experimentOn('e1', [textOf('a')], { groupId: 'gone' }), experimentOn('e2', [textOf('b')])]
    const plan = planOf({ experiments })
    expect([operationsOf(plan), plan.decisions[0]]).toMatchObject([
      [text('b')],
      { experimentId: 'e1', variation: null, reasons: ['Group ID gone is not in datafile.'] },
    ])
  })
})

describe('a forced variation', () => {
  const forced = [{ experimentKey: 'e2', variationKey: 'on' }]
  const experiments = [
    experimentOn('e1', [textOf('a')]),
    experimentOn('e2', [textOf('b')], { status: 'Paused', ...nobody }),
  ]

  it('is shown of an experiment that does not run', () => {
    expect(operationsOf(planOf({ experiments }, { forced }))).toEqual([text('a'), text('b')])
  })

  it('is shown instead of what its flag would have been', () => {
    const featureFlags = [flagWith({ experimentIds: ['e1', 'e2'] })]
    expect(operationsOf(planOf({ experiments, featureFlags }, { forced }))).toEqual([text('b')])
  })

  it('is ignored where the experiment does not have it', () => {
    const plan = planOf({ experiments }, { forced: [{ experimentKey: 'e1', variationKey: 'gone' }] })
    expect(operationsOf(plan)).toEqual([text('a')])
  })
})

describe('the profile', () => {
  const experiments = [experimentOn('e1', [textOf('a')]), experimentOn('e2', [textOf('b')])]

  it('gathers what every decision added', () => {
    const { profile } = planOf({ experiments }, { profile: new Map([['old', 'v']]) })
    expect(profile).toEqual(
      new Map([
        ['old', 'v'],
        ['e1', 'e1-on'],
        ['e2', 'e2-on'],
      ]),
    )
  })

  it('keeps a visitor in the variation that they had', () => {
    const plan = planOf({ experiments }, { profile: new Map([['e1', 'e1-off']]) })
    expect(operationsOf(plan)).toEqual([text('b')])
  })

  it('is null where nothing changed, and where nobody keeps one', () => {
    const known = new Map([
      ['e1', 'e1-on'],
      ['e2', 'e2-on'],
    ])
    expect([planOf({ experiments }, { profile: known }).profile, planOf({ experiments }).profile]).toEqual([null, null])
  })

  it('is handed to whoever makes the cookies, with whether anything is about the page', () => {
    const cookiesFor = (outcome: unknown) => [JSON.stringify(outcome)]
    expect([
      planOf({ experiments }, { cookiesFor }).cookies,
      planOf({ experiments: [] }, { cookiesFor }).cookies,
    ]).toEqual([['{"applies":true,"profile":null}'], ['{"applies":false,"profile":null}']])
  })
})

describe('the cache tag', () => {
  const half = [
    { entityId: 'e1-off', endOfRange: 5_000 },
    { entityId: 'e1-on', endOfRange: 10_000 },
  ]
  const pages = pagesOf({ experiments: [experimentOn('e1', [textOf('a')], { trafficAllocation: half })] })
  const plans = Array.from({ length: 40 }, (_, index) => planPage(pages, questionWith({ userId: `u${index}` })))
  const tagsOf = (key: string) =>
    new Set(plans.filter(({ decisions }) => decisions[0]?.variation?.key === key).map(({ cacheTag }) => cacheTag))

  it('is one for all who are in a variation, and another for those in the next', () => {
    expect([tagsOf('on').size, tagsOf('off').size, new Set([...tagsOf('on'), ...tagsOf('off')]).size]).toEqual([
      1, 1, 2,
    ])
  })

  it('differs where the script would', () => {
    const other = planPage(pages, questionWith({ userId: 'u0', clientNavigation: true }))
    expect(other.cacheTag).not.toBe(plans[0]?.cacheTag)
  })
})

describe('the script’s tasks', () => {
  const hydration = (home: boolean, all: boolean) => {
    const conditions = { type: 'url', match: 'substring', value: 'shop' }
    const pages = [pageAt('', { hydrates: home }), pageAt('all', { hydrates: all, conditions })]
    const experiments = [experimentOn('e1', [textOf('a')]), experimentAt('all', 'e2', [textOf('b')])]
    return planOf({ pages, experiments }).hydrates
  }

  it.each([
    [true, true, true],
    [true, false, true],
    [false, true, true],
    [false, false, false],
  ])('count on hydration where a page that is edited may hydrate (%s, %s: %s)', (home, all, expected) => {
    expect(hydration(home, all)).toBe(expected)
  })

  it('do not count on it where only a page without edits may', () => {
    const conditions = { type: 'url', match: 'substring', value: 'shop' }
    const pages = [pageAt('', { hydrates: false }), pageAt('all', { conditions })]
    expect(planOf({ pages, experiments: [experimentOn('e1', [textOf('a')])] }).hydrates).toBe(false)
  })

  it.each([
    [false, false, false],
    [true, false, true],
    [false, true, true],
  ])('include navigation where the site or the page asks for it (%s, %s: %s)', (site, page, expected) => {
    const plan = planOf({ pages: [pageAt('', { clientNavigation: page })] }, { clientNavigation: site })
    expect(plan.clientNavigation).toBe(expected)
  })
})
