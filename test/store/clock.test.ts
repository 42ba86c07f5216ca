import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createIsolate, storeBoth, summary, type TestIsolate } from './isolate.ts'
import { type Course, DOWN } from './scripted-kv.ts'

const DAY_MS = 86_400_000

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

async function warmIsolate(): Promise<TestIsolate> {
  const isolate = createIsolate()
  await storeBoth(isolate.kv, '7', 7)
  await isolate.read()
  return isolate
}

/** Asks a hundred times within ten minutes of real time. */
async function askOften(isolate: TestIsolate): Promise<ReadonlySet<string>> {
  const answers: Promise<string>[] = []
  for (let count = 0; count < 100; count++) {
    answers.push(isolate.read().then(summary))
    await vi.advanceTimersByTimeAsync(6_000)
  }
  return new Set(await Promise.all(answers))
}

const courses: readonly [kv: string, course: Course][] = [
  ['answers', { afterMs: 0 }],
  ['fails', DOWN],
  ['hangs', 'hang'],
]
const jumps = [
  { jump: 'a day ahead', skewMs: DAY_MS },
  { jump: 'a day back', skewMs: -DAY_MS },
]

describe('a clock that jumps (F22)', () => {
  const cases = courses.flatMap(([kv, course]) => jumps.map((jump) => ({ kv, course, ...jump })))
  it.each(cases)(
    '$jump, while KV $kv, neither stops serving nor sets off a storm of reads',
    async ({ course, skewMs }) => {
      const isolate = await warmIsolate()
      isolate.kv.read(course)
      isolate.skewMs = skewMs
      const answers = await askOften(isolate)
      expect([...answers].every((answer) => answer.startsWith('7 from '))).toBe(true)
      expect(isolate.kv.reads.length).toBeLessThanOrEqual(45)
    },
  )

  it.each(cases)('$jump and comes right again, while KV $kv, is got over too', async ({ course, skewMs }) => {
    const isolate = await warmIsolate()
    isolate.kv.read(course)
    isolate.skewMs = skewMs
    await askOften(isolate)
    isolate.skewMs = 0
    const before = isolate.kv.reads.length
    const answers = await askOften(isolate)
    expect([...answers].every((answer) => answer.startsWith('7 from '))).toBe(true)
    expect(isolate.kv.reads.length - before).toBeLessThanOrEqual(45)
  })

  it('back gives no negative age', async () => {
    const isolate = await warmIsolate()
    isolate.skewMs = -DAY_MS
    expect(await isolate.read()).toMatchObject({ ageMs: 0, waitMs: 0 })
    expect(isolate.store.health()).toMatchObject([{ ageMs: 0 }])
  })

  it('while a request waits gives no negative wait', async () => {
    const isolate = createIsolate()
    await storeBoth(isolate.kv, '7', 7)
    isolate.kv.read({ afterMs: 1_000 })
    const answer = isolate.read()
    isolate.skewMs = -DAY_MS
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await answer).toMatchObject({ kind: 'found', waitMs: 0 })
  })

  it.each(jumps)('$jump still takes a new datafile within a minute', async ({ skewMs }) => {
    const isolate = await warmIsolate()
    isolate.skewMs = skewMs
    await isolate.read()
    await storeBoth(isolate.kv, '8', 8)
    vi.advanceTimersByTime(60_000)
    await isolate.read()
    await isolate.settle()
    expect(summary(await isolate.read())).toBe('8 from memory')
  })
})

describe('a clock that stands still (F22)', () => {
  it.each(courses)('while KV %s, sets off no storm of reads', async (_, course) => {
    const isolate = await warmIsolate()
    vi.advanceTimersByTime(60_000)
    isolate.frozenAtMs = Date.now()
    isolate.kv.read(course)
    await askOften(isolate)
    expect(isolate.kv.reads.length).toBeLessThanOrEqual(3)
  })
})
