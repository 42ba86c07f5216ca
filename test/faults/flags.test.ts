import { describe, expect, it } from 'vitest'
import { datafileText, decidedBy, experimentOf, startPlace } from './place.ts'

/** A flag whose experiment is in a group that is not there: the SDK throws at it. */
const POISONED = datafileText(8, {
  experiments: [experimentOf('checkout', 8), { ...experimentOf('search', 8), groupId: 'gone' }],
})

describe('F16 a flag whose evaluation fails', () => {
  it.concurrent('fails alone, and the others are decided', async ({ onTestFinished }) => {
    const { ask, put } = await startPlace(onTestFinished)
    expect((await put(POISONED)).status).toBe(200)
    expect(await ask()).toMatchObject({ status: 200, body: decidedBy(8) })
    expect(await ask({ feature: 'search' })).toMatchObject({ status: 500, body: { error: { code: 'flag_failed' } } })
    expect(await ask({ feature: '*' })).toMatchObject({
      status: 200,
      body: [decidedBy(8), { flagKey: 'search', error: { code: 'flag_failed' } }],
    })
  })

  it.concurrent('does not flood the log, however often it is asked for', async ({ onTestFinished }) => {
    const { ask, put, workerd } = await startPlace(onTestFinished)
    await put(POISONED)
    await Promise.all(Array.from({ length: 100 }, () => ask({ feature: 'search' })))
    expect(workerd.logged.filter((line) => line.includes('"flag_failed"'))).toHaveLength(1)
  })
})

describe('F17 a regular expression that would take for ever', () => {
  it.concurrent.for(['regex', 'substring', 'exact'])(
    'is never run: as a condition with match "%s" it is a text, or unknown',
    async (match, { onTestFinished }) => {
      const { ask, put } = await startPlace(onTestFinished)
      const condition = { type: 'custom_attribute', name: 'x', match, value: '^(a+)+$' }
      const text = datafileText(8, {
        experiments: [{ ...experimentOf('checkout', 8), audienceIds: ['a'] }, experimentOf('search', 8)],
        audiences: [{ id: 'a', name: 'A', conditions: JSON.stringify(['or', condition]) }],
      })
      expect((await put(text)).status).toBe(200)
      const attributes = JSON.stringify({ x: `${'a'.repeat(40)}!` })
      expect(await ask({ attributes })).toMatchObject({ status: 200, body: { enabled: false, variationKey: null } })
    },
  )
})
