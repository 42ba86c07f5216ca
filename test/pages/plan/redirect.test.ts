import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPages } from '../../../src/pages/plan/check-pages.ts'
import { planPage } from '../../../src/pages/plan/plan-page.ts'
import {
  experimentAt,
  experimentOn,
  type Fields,
  operationsOf,
  pageAt,
  pagesOf,
  planOf,
  questionWith,
  redirectTo,
  siteWith,
  textOf,
  urlOf,
} from './site.ts'

const NEW = urlOf('new')

function locationFrom(url: string, fields: Fields, experiments: readonly Fields[] = []): string | null {
  const pages = ['', 'new', 'newer', 'b', 'c'].map((path) => pageAt(path))
  const all = [experimentOn('e1', [redirectTo(NEW, fields)]), ...experiments]
  return planOf({ pages, experiments: all }, { url }).redirect
}

describe('a redirect', () => {
  it('leads to its destination, and nothing else is done to the page', () => {
    const changes = [textOf('a'), { type: 'custom_css', value: 'h1{}' }, redirectTo(NEW)]
    expect(planOf({ experiments: [experimentOn('e1', changes)] })).toMatchObject({
      redirect: NEW,
      edits: [],
      css: '',
      decisions: [{ variation: { key: 'on' } }],
    })
  })

  it('is the first of several that can be made', () => {
    const experiments = [
      experimentOn('e1', [redirectTo(urlOf(''))]),
      experimentOn('e2', [redirectTo(urlOf('b'))]),
      experimentOn('e3', [redirectTo(urlOf('c'))]),
    ]
    expect(planOf({ experiments }).redirect).toBe(urlOf('b'))
  })

  it('goes to a header as ASCII', () => {
    expect(planOf({ experiments: [experimentOn('e1', [redirectTo('https://bücher.example/größe?ä')])] }).redirect).toBe(
      'https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe?%C3%A4',
    )
  })
})

describe('the parameters of the request', () => {
  const keep = { preserveParameters: true }
  const cases: readonly [what: string, query: string, destination: string, location: string][] = [
    ['go along', '?utm_source=mail&x', NEW, `${NEW}?utm_source=mail&x`],
    ['follow those of the destination', '?a=1', `${NEW}?b=2`, `${NEW}?b=2&a=1`],
    ['give way to those of the destination', '?a=1&c=3', `${NEW}?a=2`, `${NEW}?a=2&c=3`],
    ['give way however they are encoded', '?%61=1', `${NEW}?a=2`, `${NEW}?a=2`],
    ['go along as often as they come', '?a=1&a=2', NEW, `${NEW}?a=1&a=2`],
    ['are not encoded anew', '?a=%20+%F0&b=%C3%A4', NEW, `${NEW}?a=%20+%F0&b=%C3%A4`],
    ['leave the fragment of the destination where it is', '?a=1', `${NEW}#top`, `${NEW}?a=1#top`],
    ['stay behind where they are ours', '?turnout_force=x&optimizely_x=1&%74urnout_debug&a=1', NEW, `${NEW}?a=1`],
    ['change nothing where there are none', '?', NEW, NEW],
    ['may hold anything', `?a="'<>&b=%0d%0aSet-Cookie:x`, NEW, `${NEW}?a=%22%27%3C%3E&b=%0d%0aSet-Cookie:x`],
  ]

  it.each(cases)('%s', (_, query, destination, location) => {
    const experiments = [experimentOn('e1', [redirectTo(destination, keep)])]
    expect(planOf({ experiments }, { url: `${urlOf('')}${query}` }).redirect).toBe(location)
  })

  it('stay behind where they are not to be kept', () => {
    expect(locationFrom(`${urlOf('')}?a=1`, {})).toBe(NEW)
  })

  it('do not go along where they are too long for a header: the page stays', () => {
    expect(locationFrom(`${urlOf('')}?a=${'x'.repeat(9_000)}`, keep)).toBeNull()
  })
})

describe('a redirect that could lead in circles is not made', () => {
  const back = (path: string, to: string, fields: Fields = { allowAdditionalRedirect: true }) =>
    experimentAt(path, `from-${path}`, [redirectTo(urlOf(to), fields)])
  const another = { allowAdditionalRedirect: true }

  it.each([
    ['to the page itself', urlOf('')],
    ['to the page itself with other parameters, which its conditions do not see', urlOf('?v=2')],
    ['to the page itself under another name', 'http://www.SHOP.example'],
  ])('%s', (_, destination) => {
    const experiments = [experimentOn('e1', [redirectTo(destination)])]
    expect(planOf({ experiments }).redirect).toBeNull()
  })

  it('where another experiment leads back', () => {
    expect(locationFrom(urlOf(''), another, [back('new', '')])).toBeNull()
  })

  it('where two others lead back', () => {
    expect(locationFrom(urlOf(''), another, [back('new', 'b'), back('b', '')])).toBeNull()
  })

  it('where only the parameters that go along make a page match that leads back', () => {
    const conditions = { type: 'url', match: 'exact', value: `${NEW}?back=1` }
    const pages = [pageAt(), pageAt('trap', { conditions })]
    const experiments = [
      experimentOn('e1', [redirectTo(NEW, { preserveParameters: true, ...another })]),
      experimentAt('trap', 'e2', [redirectTo(urlOf(''), another)]),
    ]
    const from = (query: string) => planOf({ pages, experiments }, { url: urlOf(query) }).redirect
    expect([from('?back=1'), from('')]).toEqual([null, NEW])
  })

  it('where a variation leads back that this visitor is not in', () => {
    const other = { trafficAllocation: [{ entityId: 'from-new-off', endOfRange: 10_000 }] }
    expect(locationFrom(urlOf(''), another, [{ ...back('new', ''), ...other }])).toBeNull()
  })

  it('but is made where what leads back does not run', () => {
    expect(locationFrom(urlOf(''), another, [{ ...back('new', ''), status: 'Paused' }])).toBe(NEW)
  })

  it('but is made where others only lead away', () => {
    expect(locationFrom(urlOf(''), another, [back('new', 'b'), back('b', 'c')])).toBe(NEW)
  })

  it('and its variation’s other changes are, with the reason where it is asked for', () => {
    const experiments = [experimentOn('e1', [textOf('a'), redirectTo(urlOf(''))])]
    const plan = planOf({ experiments }, { includeReasons: true })
    expect(operationsOf(plan)).toEqual([{ kind: 'text', text: 'a' }])
    expect(plan.decisions[0]?.reasons).toContain('The redirect is not made: it leads to a page that it redirects.')
  })
})

describe('an additional redirect', () => {
  const onward = experimentAt('new', 'e2', [redirectTo(urlOf('newer'))])

  it.each([
    ['is not risked unless it is allowed', false, null],
    ['follows where it is allowed', true, NEW],
  ])('%s', (_, allowAdditionalRedirect, location) => {
    expect(locationFrom(urlOf(''), { allowAdditionalRedirect }, [onward])).toBe(location)
  })
})

describe('visitors of a site full of redirects', () => {
  const paths = ['', 'a', 'b', 'c', 'd']
  const path = fc.constantFrom(...paths)
  const query = fc.constantFrom('', '?x=1', '?y=2', '?x=1&y=2')
  const redirect = fc.record({
    from: fc.array(path, { minLength: 1, maxLength: 2 }),
    to: fc.tuple(path, query).map((parts) => parts.join('')),
    preserveParameters: fc.boolean(),
    allowAdditionalRedirect: fc.boolean(),
    match: fc.constantFrom('simple', 'exact', 'substring'),
  })

  it('are never sent in circles, however far they go', () => {
    let furthest = 0
    const arrives = fc.property(fc.array(redirect, { maxLength: 8 }), path, query, (redirects, start, asked) => {
      const pages = redirects.flatMap(({ from, match }, index) =>
        from.map((name, place) =>
          pageAt(name, {
            id: `p${index}.${place}`,
            key: `p${index}.${place}`,
            conditions: { type: 'url', match, value: urlOf(name) },
          }),
        ),
      )
      const experiments = redirects.map(({ from, to, ...fields }, index) => {
        const pageIds = from.map((_, place) => `p${index}.${place}`)
        const actions = pageIds.map((pageId) => ({ pageId, changes: [redirectTo(urlOf(to), fields)] }))
        return experimentOn(`e${index}`, [], { pageIds, variations: [{ id: `e${index}-on`, key: 'on', actions }] })
      })
      const site = pagesOf({ pages, experiments })
      let url: string | null = urlOf(start + asked)
      let hops = 0
      while (url !== null && hops <= redirects.length) {
        url = planPage(site, questionWith({ url })).redirect
        hops++
      }
      expect(url).toBeNull()
      furthest = Math.max(furthest, hops - 1)
    })
    fc.assert(arrives, { seed: 20_261_124, numRuns: 1_500 })
    expect(furthest).toBeGreaterThanOrEqual(3)
  })
})

describe('accepting a datafile', () => {
  it('warns of redirects that will never be made, each at its place', () => {
    const experiments = [experimentOn('e1', [textOf('a'), redirectTo(urlOf('?v=2'))])]
    const checked = checkPages(siteWith({ experiments }))
    expect(checked).toMatchObject({
      ok: true,
      value: [{ code: 'unknown_value', path: 'experiments[0].variations[1].actions[0].changes[1].destination' }],
    })
  })

  it('says nothing of redirects that can be', () => {
    expect(checkPages(siteWith({ experiments: [experimentOn('e1', [redirectTo(NEW)])] }))).toEqual({
      ok: true,
      value: [],
    })
  })
})
