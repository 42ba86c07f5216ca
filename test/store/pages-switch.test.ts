import { describe, expect, test } from 'vitest'
import type { LogEvent } from '../../src/base/log.ts'
import { createPagesSwitch } from '../../src/store/pages-switch.ts'

/** A KV namespace that holds the switch, or fails. */
function setUp() {
  const state = { nowMs: 1_000_000, value: null as string | null, isDown: false, reads: 0 }
  const logged: LogEvent[] = []
  const tasks: Promise<unknown>[] = []
  const isOff = createPagesSwitch({
    kv: {
      getWithMetadata: async (key) => {
        state.reads++
        if (state.isDown) throw new Error('KV GET failed: 503')
        return { value: key === 'pages:off' ? state.value : null, metadata: null }
      },
    },
    clock: () => state.nowMs,
    background: (task) => tasks.push(task),
    log: (event) => logged.push(event),
  })
  return { state, logged, isOff, settle: () => Promise.all(tasks.splice(0)) }
}

describe('the kill switch', () => {
  test('is asked for by a fresh isolate before its first page', async () => {
    const { state, isOff } = setUp()
    state.value = ''
    expect(await isOff()).toBe(true)
  })

  test('is asked for once by many first pages', async () => {
    const { state, isOff } = setUp()
    expect(await Promise.all([isOff(), isOff(), isOff()])).toEqual([false, false, false])
    expect(state.reads).toBe(1)
  })

  test('is not waited for again, and not asked for again within 20 seconds', async () => {
    const { state, isOff } = setUp()
    await isOff()
    state.nowMs += 19_999
    expect(isOff()).toBe(false)
    expect(state.reads).toBe(1)
  })

  test('that has been thrown is known to the page after the one that asked', async () => {
    const { state, isOff, settle } = setUp()
    await isOff()
    await settle()
    state.value = 'maintenance'
    state.nowMs += 20_000
    expect(isOff()).toBe(false)
    await settle()
    expect(isOff()).toBe(true)
  })

  test('that is taken back lets pages be edited again', async () => {
    const { state, isOff, settle } = setUp()
    state.value = 'x'
    await isOff()
    await settle()
    state.value = null
    state.nowMs += 20_000
    void isOff()
    await settle()
    expect(isOff()).toBe(false)
  })

  test('stays as it was while KV is down, which is logged', async () => {
    const { state, isOff, settle, logged } = setUp()
    state.value = 'x'
    await isOff()
    await settle()
    state.isDown = true
    state.nowMs += 20_000
    void isOff()
    await settle()
    expect(isOff()).toBe(true)
    expect(logged).toEqual([{ level: 'error', code: 'pages_switch_unknown', message: 'KV GET failed: 503' }])
  })

  test('is on for pages in a fresh isolate that cannot ask', async () => {
    const { state, isOff } = setUp()
    state.isDown = true
    expect(await isOff()).toBe(false)
  })

  test('is asked again when the clock was set back', async () => {
    const { state, isOff } = setUp()
    await isOff()
    state.nowMs -= 86_400_000
    void isOff()
    expect(state.reads).toBe(2)
  })
})
