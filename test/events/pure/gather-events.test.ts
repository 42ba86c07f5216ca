import { describe, expect, test } from 'vitest'
import { createGathering } from '../../../src/events/delivery/gather-events.ts'
import { conversion, uuidsOf } from './queued.ts'

describe('events of several requests', () => {
  test('within a few milliseconds are sent together, by the first of them', async () => {
    const { bring, sent, ended, waits, pass } = gathering()
    const first = bring('a')
    expect([bring('b'), bring('c')]).toEqual([null, null])
    expect([sent, waits]).toEqual([[], [20]])
    await pass()
    await first
    expect(sent).toEqual([['a', 'b', 'c']])
    expect(ended).toEqual(['a', 'b', 'c'])
  })

  test('after that are sent by themselves', async () => {
    const { bring, sent, pass } = gathering()
    const first = bring('a')
    await pass()
    await first
    const second = bring('b')
    expect(second).not.toBeNull()
    await pass()
    await second
    expect(sent).toEqual([['a'], ['b']])
  })

  test('that come while a send is under way do not wait for it', async () => {
    const { bring, sent, pass } = gathering({ hangs: true })
    void bring('a')
    await pass()
    expect(bring('b')).not.toBeNull()
    await pass()
    expect(sent).toEqual([['a'], ['b']])
  })

  test('are no more than a Queue takes in one send, except where one request brings more', async () => {
    const { bring, sent, pass } = gathering()
    const uuids = Array.from({ length: 99 }, (_, index) => `e${index}`)
    const sends = [bring(...uuids), bring('f'), bring('g'), bring('h')]
    expect(sends.map((send) => send === null)).toEqual([false, true, false, true])
    await pass()
    await Promise.all(sends)
    expect(sent).toEqual([
      [...uuids, 'f'],
      ['g', 'h'],
    ])
  })

  test('whose sender was cut off are taken over by the next, and each ends once', async () => {
    const { bring, sent, ended, pass, later, forget } = gathering()
    void bring('a')
    void bring('b')
    forget()
    later(999)
    expect(bring('c')).toBeNull()
    later(1)
    const next = bring('d')
    await pass()
    await next
    expect(sent).toEqual([['a', 'b', 'c', 'd']])
    expect(ended).toEqual(['a', 'b', 'c', 'd'])
  })

  test('end also where sending fails', async () => {
    const { bring, ended, pass } = gathering({ fails: true })
    const first = bring('a')
    void bring('b')
    const failed = expect(first).rejects.toThrow('a bug')
    await pass()
    await failed
    expect(ended).toEqual(['a', 'b'])
  })
})

function gathering({ hangs = false, fails = false }: { readonly hangs?: boolean; readonly fails?: boolean } = {}) {
  const sent: (readonly string[])[] = []
  const ended: string[] = []
  const waits: number[] = []
  const timers: (() => void)[] = []
  let nowMs = 1_000
  const gather = createGathering({
    dispatcher: {
      dispatch: async (events) => {
        sent.push(uuidsOf(events))
        if (fails) throw new Error('a bug')
        if (hangs) await new Promise(() => {})
      },
    },
    wait: (ms) => {
      waits.push(ms)
      return new Promise((resolve) => timers.push(resolve))
    },
  })
  return {
    sent,
    ended,
    waits,
    bring: (...uuids: readonly string[]) =>
      gather({ events: uuids.map((uuid) => conversion(uuid)), nowMs, end: () => void ended.push(...uuids) }),
    pass: async () => {
      for (const resolve of timers.splice(0)) resolve()
      await Promise.resolve()
    },
    later: (ms: number) => {
      nowMs += ms
    },
    /** As where the request of a timer is cut off. */
    forget: () => void timers.splice(0),
  }
}
