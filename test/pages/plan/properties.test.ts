import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile, parseDatafile } from '../../../src/engine/index.ts'
import { compilePages } from '../../../src/pages/plan/compile-pages.ts'
import type { PagePlan } from '../../../src/pages/plan/page.ts'
import { parsePages } from '../../../src/pages/plan/parse-pages.ts'
import { planPage } from '../../../src/pages/plan/plan-page.ts'
import { datafileWith, flagWith } from '../../engine/datafile-builder.ts'
import { experimentOn, type Fields, pageAt, questionWith } from './site.ts'

const seed = 20_261_124

/** Names that every object has are among the ordinary ones. */
const name = fc.constantFrom('home', 'home', 'home', '__proto__', '__proto__', 'constructor', 'ö.%', '')
const selector = fc.constantFrom('h1', '#cta', '.a > .b', 'li:nth-child(2)', '#a, #b', 'p:has(a)', '[data-x="y"]')
const words = fc.oneof(fc.constantFrom('', 'x', '</p>', '<!--', '"\'&', '$&', 'ä😀'), fc.string({ maxLength: 8 }))
const operator = fc.constantFrom('before', 'after', 'prepend', 'append')
const url = fc.constantFrom(
  ...['', '', '?y', 'a', 'b', '?x=1', 'a?turnout_force=y&z=2#top', 'c/', 'A'].map(
    (path) => `https://shop.example/${path}`,
  ),
)

/** Changes that are mostly accepted. */
const change = fc.oneof(
  fc.record({
    type: fc.constant('attribute'),
    selector,
    attributes: fc.dictionary(fc.constantFrom('text', 'html', 'class', 'href', 'data-x', '__proto__'), words, {
      maxKeys: 3,
    }),
    css: fc.dictionary(fc.constantFrom('color', '--x', 'margin'), fc.constantFrom('red', '0', 'url("a;b")'), {
      maxKeys: 2,
    }),
    id: name,
    dependencies: fc.array(name, { maxLength: 2 }),
  }),
  fc.record({
    type: fc.constant('attribute'),
    selector,
    attributes: fc.constantFrom({ hide: true }, { remove: true }),
  }),
  fc.record({ type: fc.constantFrom('insert_html', 'append'), selector, operator, value: words, id: name }),
  fc.record({
    type: fc.constant('insert_image'),
    selector,
    operator,
    value: fc.constantFrom('/a.svg', 'https://x.example'),
  }),
  fc.record({ type: fc.constant('rearrange'), selector, insertSelector: selector, operator }),
  fc.record({ type: fc.constant('custom_css'), value: fc.constantFrom('', 'a{b:c}', '/* x */') }),
  fc.record({
    type: fc.constant('custom_code'),
    value: fc.constantFrom('', 'go()', '"ä"', '<!--'),
    dependencies: fc.array(name, { maxLength: 2 }),
    id: name,
  }),
  fc.record({ type: fc.constant('redirect'), destination: url, preserveParameters: fc.boolean() }),
  fc.record({ type: fc.constantFrom('widget', '__proto__', 'constructor'), value: fc.jsonValue() }),
)

const actions = fc.array(fc.record({ pageId: name, changes: fc.array(change, { maxLength: 4 }) }), { maxLength: 3 })

const experiment = fc.record({
  pageIds: fc.option(fc.array(name, { maxLength: 3 }), { nil: null }),
  first: actions,
  second: actions,
  end: fc.constantFrom(0, 5_000, 10_000),
  status: fc.constantFrom('Running', 'Running', 'Running', 'Paused'),
  groupId: fc.constantFrom(null, null, null, 'gone'),
})

const site = fc.record({
  pages: fc.uniqueArray(fc.tuple(name, fc.constantFrom('', '', 'a'), fc.boolean()), {
    maxLength: 5,
    selector: ([id]) => id,
  }),
  experiments: fc.array(experiment, { maxLength: 4 }),
  delivered: actions,
  flagged: fc.subarray(['e0', 'e1', 'e2']),
})

type SiteFields = typeof site extends fc.Arbitrary<infer Value> ? Value : never

function datafileOf({ pages, experiments, delivered, flagged }: SiteFields): Fields {
  return datafileWith({
    pages: pages.map(([id, path, hydrates]) => pageAt(path, { id, key: id, hydrates })),
    experiments: experiments.map(({ first, second, end, ...fields }, index) => ({
      ...experimentOn(`e${index}`, []),
      ...fields,
      trafficAllocation: [
        { entityId: 'v1', endOfRange: end },
        { entityId: 'v2', endOfRange: 10_000 },
      ],
      variations: [
        { id: 'v1', key: 'one', actions: first },
        { id: 'v2', key: 'two', actions: second },
      ],
    })),
    rollouts: [
      {
        id: 'r',
        experiments: [
          experimentOn('d', [], { pageIds: undefined, variations: [{ id: 'd-on', key: 'on', actions: delivered }] }),
        ],
      },
    ],
    featureFlags: [flagWith({ experimentIds: flagged, rolloutId: 'r' })],
  })
}

function compiled(datafile: Fields) {
  const parsed = parseDatafile(JSON.parse(JSON.stringify(datafile)))
  if (!parsed.ok) return null
  const pages = parsePages(parsed.value.datafile)
  return pages.ok ? compilePages(pages.value.pages, compile(parsed.value.datafile)) : null
}

const question = fc.record({
  url: fc.oneof({ arbitrary: url, weight: 9 }, { arbitrary: fc.string(), weight: 1 }),
  userId: fc.string({ maxLength: 4 }),
  clientNavigation: fc.boolean(),
  includeReasons: fc.boolean(),
  forced: fc.array(
    fc.record({
      experimentKey: fc.constantFrom('e0', 'e1', 'd', '__proto__'),
      variationKey: fc.constantFrom('one', 'on'),
    }),
    {
      maxLength: 2,
    },
  ),
})

describe('planning', () => {
  it('answers alike however often it is asked, by whatever copy of the datafile', () => {
    let edited = 0
    const alike = fc.property(site, question, (fields, asked) => {
      const datafile = datafileOf(fields)
      const [pages, copy] = [compiled(datafile), compiled(datafile)]
      if (pages === null || copy === null) return
      const plans = [pages, pages, copy].map((each) => planPage(each, questionWith(asked)))
      expect([plans[1], plans[2]]).toEqual([plans[0], plans[0]])
      if ((plans[0]?.edits.length ?? 0) > 0) edited++
    })
    fc.assert(alike, { seed, numRuns: 1_500 })
    expect(edited).toBeGreaterThan(100)
  })

  it('calls every edit by an id of its own, lets it depend only on earlier ones, and tags alike what is alike', () => {
    const sound = fc.property(site, question, (fields, asked) => {
      const pages = compiled(datafileOf(fields))
      if (pages === null) return
      const plan = planPage(pages, questionWith(asked))
      const ids = plan.edits.map(({ edit }) => edit.id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(
        plan.edits.flatMap(({ edit }, index) => edit.dependencies.filter((id) => !ids.slice(0, index).includes(id))),
      ).toEqual([])
      const other = planPage(pages, questionWith({ ...asked, userId: `${asked.userId}2` }))
      expect(other.cacheTag === plan.cacheTag).toBe(sentBy(other) === sentBy(plan))
    })
    fc.assert(sound, { seed, numRuns: 1_500 })
  })

  it('keeps the order of the datafile: experiments, then actions, then changes', () => {
    const ordered = fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }), (counts) => {
      const experiments = counts.map((count, index) => {
        const changes = Array.from({ length: count }, (_, place) => ({
          type: 'attribute',
          selector: 'h1',
          attributes: { text: `${index}.${place}` },
        }))
        return experimentOn(`e${index}`, changes)
      })
      const pages = compiled(datafileWith({ pages: [pageAt()], experiments }))
      const plan = pages === null ? null : planPage(pages, questionWith())
      const texts = plan?.edits.map(
        ({ edit }) => edit.kind === 'dom' && edit.operation.kind === 'text' && edit.operation.text,
      )
      expect(texts).toEqual(
        counts.flatMap((count, index) => Array.from({ length: count }, (_, place) => `${index}.${place}`)),
      )
    })
    fc.assert(ordered, { seed, numRuns: 100 })
  })
})

/** What two visitors have to share for a cache to keep one page for both. */
function sentBy({ edits, css, redirect, hydrates, clientNavigation, cacheTag }: PagePlan): string {
  return JSON.stringify([edits, css, redirect, hydrates, clientNavigation, cacheTag === null])
}

describe('whatever JSON stands in the page fields', () => {
  const key = fc.constantFrom(
    ...[
      'id',
      'key',
      'conditions',
      'type',
      'match',
      'value',
      'pageId',
      'changes',
      'selector',
      'attributes',
      'css',
      'text',
    ],
    ...[
      'destination',
      'dependencies',
      'operator',
      'insertSelector',
      'rearrange',
      'hydrates',
      '__proto__',
      'constructor',
    ],
  )
  const leaf = fc.oneof(
    fc.constantFrom<unknown>(
      'url',
      'simple',
      'regex',
      'attribute',
      'custom_code',
      'redirect',
      'or',
      'not',
      'home',
      null,
      true,
      0,
      1e308,
    ),
    fc.string(),
    fc.string({ unit: 'binary' }),
    url,
  )
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 6 },
      leaf,
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(key, tie('json'), { maxKeys: 5 }),
    ),
  }))
  const list = fc.oneof({ arbitrary: fc.array(json, { maxLength: 4 }), weight: 4 }, { arbitrary: json, weight: 1 })

  it('is refused or planned, and throws nothing', () => {
    let planned = 0
    const calm = fc.property(list, list, list, question, (pages, pageIds, changes, asked) => {
      const broken = experimentOn('e1', [], {
        pageIds,
        variations: [{ id: 'e1-on', key: 'on', actions: changes }],
      })
      const whole = experimentOn('e2', Array.isArray(changes) ? changes : [])
      for (const datafile of [
        datafileWith({ pages, experiments: [broken] }),
        datafileWith({ pages: [pageAt()], experiments: [whole] }),
        datafileWith({ pages: [pageAt()], experiments: [{ ...whole, pageIds }] }),
      ]) {
        const site = compiled(datafile)
        if (site === null) continue
        planned++
        planPage(site, questionWith(asked))
      }
    })
    fc.assert(calm, { seed, numRuns: 3_000 })
    expect(planned).toBeGreaterThan(200)
  })
})
