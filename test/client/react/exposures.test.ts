import { describe, expect, it } from 'vitest'
import { inChromium } from '../../browser/chromium.ts'
import { observe, REACTS } from './in-browser.ts'

const EACH_ONCE = [
  'test-user decision rule a',
  'test-user flag  a',
  'test-user off  off',
  'test-user on  on',
  'test-user suspense  ',
  'test-user variable  ',
]

/** React 18 commits what was decided before the component leaves, so that it is seen; React 19 does both at once. */
const SHOWN_LAST = { 19: [], 18: ['test-user decision  b'] }

inChromium('An exposure', (chromium) => {
  describe.each(REACTS)('in React %s', (react) => {
    const seen = (scenario: string) => observe(chromium, { file: 'browser/exposures.tsx', react }, scenario)

    it('is counted once for what is read, however it is read and how often, in strict mode', async () => {
      expect(await seen('every way to read, strictly')).toEqual({ exposed: EACH_ONCE, text: 'a\n\na\n\nas evernew' })
    })

    it('is counted the same without strict mode', async () => {
      expect(await seen('without strict mode')).toEqual(EACH_ONCE)
    })

    it('is counted again for another variation, and not for one that was seen before', async () => {
      expect(await seen('another variation, and the first one again')).toEqual([
        'test-user decision rule a',
        'test-user decision rule b',
      ])
    })

    it('is counted again for another user, and not for other attributes', async () => {
      expect(await seen('another user')).toEqual(['test-user decision rule a', 'u2 decision rule a'])
    })

    it('is counted when what was shown as unknown becomes known, and not for what nobody reads', async () => {
      expect(await seen('known later')).toEqual([[], ['test-user decision rule a']])
    })

    describe('is not counted', () => {
      it('while something beside it is suspended', async () => {
        expect(await seen('beside something that is suspended')).toEqual({ text: 'wait', exposed: [] })
      })

      it('in a transition that is never finished', async () => {
        expect(await seen('in a transition that is never finished')).toEqual({ text: 'first page', exposed: [] })
      })

      it('when it is decided as the component leaves, unless React shows it first', async () => {
        expect(await seen('decided as the component leaves')).toEqual({ text: '', exposed: SHOWN_LAST[react] })
      })

      it('in a render that throws', async () => {
        expect(await seen('in a render that throws')).toEqual({ text: 'sorry', exposed: [] })
      })
    })
  })
})
