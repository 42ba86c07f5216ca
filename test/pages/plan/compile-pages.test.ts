import { describe, expect, it } from 'vitest'
import { pageProjectOf } from '../../../src/pages/plan/compile-pages.ts'
import { planPage } from '../../../src/pages/plan/plan-page.ts'
import { experimentOn, operationsOf, pagesOf, questionWith, siteWith, textOf } from './site.ts'

describe('the pages of a loaded datafile', () => {
  it('are compiled once, when they are first asked for', () => {
    const site = siteWith({ experiments: [experimentOn('e1', [textOf('a')])] })
    const first = pageProjectOf(site)
    expect(first).toMatchObject({ ok: true, value: { pages: [{ key: 'home' }] } })
    expect(pageProjectOf({ ...site })).toBe(first)
  })

  it('are none where the datafile says nothing of pages', () => {
    expect(pageProjectOf(siteWith({ pages: undefined }))).toMatchObject({ ok: true, value: { pages: [] } })
  })

  it('are the issues where they cannot be used, as often as it is asked', () => {
    const site = siteWith({ pages: 'none' })
    const first = pageProjectOf(site)
    expect([first, pageProjectOf(site) === first]).toMatchObject([
      { ok: false, error: [{ code: 'wrong_type', path: 'pages' }] },
      true,
    ])
  })
})

describe('what combinations of variations come to', () => {
  const both = (id: string) => ({
    trafficAllocation: [
      { entityId: `${id}-off`, endOfRange: 5_000 },
      { entityId: `${id}-on`, endOfRange: 10_000 },
    ],
  })
  const ids = Array.from({ length: 12 }, (_, index) => `e${index}`)
  const pages = pagesOf({ experiments: ids.map((id) => experimentOn(id, [textOf(id)], both(id))) })

  it('is the same however many have been asked for, of which not all are kept', () => {
    const plans = (userIds: readonly string[]) =>
      userIds.map((userId) => operationsOf(planPage(pages, questionWith({ userId }))))
    const users = Array.from({ length: 2_000 }, (_, index) => `u${index}`)
    const before = plans(users)
    expect(new Set(before.map((operations) => JSON.stringify(operations))).size).toBeGreaterThan(500)
    expect(plans(users)).toEqual(before)
  })
})
