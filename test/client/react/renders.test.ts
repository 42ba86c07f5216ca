import { describe, expect, it } from 'vitest'
import { inChromium } from '../../browser/chromium.ts'
import { observe, REACTS } from './in-browser.ts'

inChromium('A component that reads decisions', (chromium) => {
  describe.each(REACTS)('in React %s', (react) => {
    const seen = (scenario: string) => observe(chromium, { file: 'browser/renders.tsx', react }, scenario)

    describe('renders', () => {
      it('again when its own flag changed, and not for another', async () => {
        expect(await seen('another flag changes')).toEqual({
          renders: { mine: 1, other: 2 },
          text: 'mine a\n\nother b',
        })
      })

      it('once when the same is decided again', async () => {
        expect(await seen('the same is decided again')).toEqual({ mine: 1, other: 1 })
      })

      it('again when its flag appears and goes', async () => {
        expect(await seen('a flag appears and goes')).toEqual(['mine undefined', 'mine a', 'mine undefined'])
      })
    })

    it('may read another flag than before', async () => {
      expect(await seen('the component reads another flag')).toEqual({ text: 'other b', exposed: ['mine', 'other'] })
    })

    it('reads from the nearest provider, and from its new store when it gets another', async () => {
      expect(await seen('the store is another')).toEqual({
        seen: ['mine a', 'mine b', 'mine b'],
        exposures: [1, 1],
      })
    })

    it('follows the fixed decisions of a test', async () => {
      expect(await seen('fixed decisions change with the props')).toEqual(['mine true', 'mine false', []])
    })

    it('knows how it stands, tracks, and lets the user change', async () => {
      expect(await seen('status and track')).toEqual({
        seen: ['loading', 'ready'],
        tracks: 1,
        conversions: [
          { userId: 'test-user', eventKey: 'purchase', tags: { revenue: 4200 } },
          { userId: 'u2', eventKey: 'purchase', tags: { revenue: 4200 } },
        ],
        exposures: [],
      })
    })
  })
})
