import { describe, expect, it } from 'vitest'
import sample from '../../../datafiles/pages.json' with { type: 'json' }
import { planPage } from '../../../src/pages/plan/plan-page.ts'
import { pagesOf, questionWith } from './site.ts'

const pages = pagesOf(sample)

/** On whatever host and port the shop is served. */
function variationsOf(userId: string, path: string, attributes: Record<string, unknown> = {}) {
  const url = `http://127.0.0.1:9999${path}`
  const plan = planPage(pages, questionWith({ url, userId, attributes }))
  return Object.fromEntries(plan.decisions.map(({ experimentKey, variation }) => [experimentKey, variation?.key]))
}

describe('the sample of the shop', () => {
  const cases: readonly [userId: string, path: string, experimentKey: string, variationKey: string][] = [
    ['u2', '/', 'hero', 'bold'],
    ['u2', '/', 'reviews_first', 'reviews_first'],
    ['u3', '/', 'hero', 'control'],
    ['u3', '/?utm_source=x#top', 'hero', 'control'],
    ['u2', '/product', 'product_facts', 'reassure'],
    ['u2', '/product.html', 'product_facts', 'reassure'],
    ['u2', '/product', 'delivery_note_everyone', 'on'],
    ['u1', '/cart', 'checkout_cta', 'short'],
    ['u2', '/react', 'kettle_title', 'personal'],
    ['u4', '/vue', 'lamp_title', 'personal'],
    ['redirected', '/product', 'product_redirect', 'new_collection'],
  ]

  it.each(cases)('gives %s on %s in %s the variation %s', (userId, path, experimentKey, variationKey) => {
    expect(variationsOf(userId, path)).toMatchObject({ [experimentKey]: variationKey })
  })

  it.each([
    ['letter', 'welcome'],
    ['other', undefined],
  ])('welcomes whoever comes from the %s with %s', (source, variationKey) => {
    expect(variationsOf('u1', '/', { $utm_source: source }).welcome_letter).toBe(variationKey)
  })

  it.each(['/new', '/shop.css', '/productive', '/reacted'])('has no experiment on %s', (path) => {
    expect(variationsOf('u2', path)).toEqual({})
  })
})
