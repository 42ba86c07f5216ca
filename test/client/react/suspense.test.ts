import { describe, expect, it } from 'vitest'
import { inChromium } from '../../browser/chromium.ts'
import { observe, REACTS } from './in-browser.ts'

inChromium('A component that waits for decisions', (chromium) => {
  describe.each(REACTS)('in React %s', (react) => {
    const seen = (scenario: string) => observe(chromium, { file: 'browser/suspense.tsx', react }, scenario)

    it('suspends until they are known, and counts then', async () => {
      expect(await seen('known later')).toEqual(['wait', 0, 'a true 1', 1])
    })

    it.each([
      ['what is known at once', 'known at once', 'a true 1'],
      ['its defaults for a flag that does not exist', 'no such flag', 'undefined false 3'],
      ['its defaults where decisions could not be fetched', 'could not be fetched', 'undefined false 3'],
      ['what was known last', 'last known', 'a true 1'],
      [
        'its defaults, and does not wait for ever, when the store is closed',
        'closed while loading',
        'undefined false 3',
      ],
    ])('shows %s', async (_, scenario, text) => {
      expect(await seen(scenario)).toBe(text)
    })
  })
})
