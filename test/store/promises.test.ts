import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Lookup } from '../../src/store/datafile-store.ts'
import { loadDatafile } from '../../src/store/load.ts'
import { parseMetadata } from '../../src/store/stamp.ts'
import { SDK_KEY, type TestIsolate } from './isolate.ts'
import {
  createModel,
  createReal,
  FIRST,
  type Model,
  nextBroken,
  nextDatafile,
  nextTombstone,
  observe,
  observeHealth,
  SECOND,
  show,
} from './model.ts'
import { type Course, DOWN, NOTHING } from './scripted-kv.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Longer than any request waits. */
const LONGEST_WAIT_MS = 5_000

async function answerOf(real: TestIsolate): Promise<Lookup> {
  let answer: Lookup | null = null
  const answered = real.read().then((lookup) => {
    answer = lookup
  })
  for (let waitedMs = 0; answer === null && waitedMs < LONGEST_WAIT_MS; waitedMs += 100) {
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(answer, 'a request waits five seconds at most').not.toBeNull()
  await answered
  return answer ?? { kind: 'unknown' }
}

type Command = fc.AsyncCommand<Model, TestIsolate>

function command(name: string, run: (model: Model, real: TestIsolate) => void | Promise<void>): Command {
  return { check: () => true, run: async (model, real) => await run(model, real), toString: () => name }
}

async function read(model: Model, real: TestIsolate): Promise<void> {
  observe(model, await answerOf(real))
  observeHealth(model, real)
}

/** An upload through this isolate. */
function put(model: Model, real: TestIsolate): void {
  const entry = nextDatafile(model)
  const metadata = parseMetadata(entry.metadata)
  const loaded = metadata && loadDatafile(entry.value ?? '', metadata, 5_000_000)
  if (!loaded?.ok) throw new Error('not a datafile')
  show(model, real, entry)
  real.kv.set(SECOND, entry)
  real.store.replace(SDK_KEY, loaded.value)
  model.floor = { kind: 'datafile', generation: model.writes.newest }
}

function remove(model: Model, real: TestIsolate): void {
  const entry = nextTombstone(model)
  show(model, real, entry)
  real.kv.set(SECOND, entry)
  real.store.revoke(SDK_KEY, model.writes.newest)
  model.floor = { kind: 'tombstone', generation: model.writes.newest }
}

/** What is newest in KV is what is served, once KV has been well for a while. */
async function recover(model: Model, real: TestIsolate): Promise<void> {
  for (const key of [FIRST, SECOND]) real.kv.read({ afterMs: 0 }, key)
  await vi.advanceTimersByTimeAsync(600_000)
  await read(model, real)
  const lookup = await answerOf(real)
  observe(model, lookup)
  const stored = parseMetadata(real.kv.entry(FIRST).metadata)
  if (stored?.generation !== model.writes.newest) return
  if (stored.deleted) expect(lookup, 'P5: a tombstone is obeyed').toEqual({ kind: 'unknown' })
  if (model.writes.datafiles.has(stored.generation)) {
    expect(lookup).toMatchObject({ kind: 'found', datafile: { stamp: { generation: stored.generation } } })
  }
}

const COURSES: readonly [name: string, course: Course][] = [
  ['KV is well', { afterMs: 0 }],
  ['KV takes a second', { afterMs: 1_000 }],
  ['KV takes ten seconds', { afterMs: 10_000 }],
  ['KV fails', DOWN],
  ['KV hangs', 'hang'],
]

const COPIES: readonly [copy: string, key: string][] = [
  ['first copy', FIRST],
  ['second copy', SECOND],
]

const commands: fc.Arbitrary<Command>[] = [
  fc
    .tuple(fc.constantFrom(...COURSES), fc.constantFrom(...COPIES))
    .map(([[name, course], [copy, key]]) => command(`${name}, ${copy}`, (_, { kv }) => kv.read(course, key))),
  fc.integer({ min: 1, max: 400_000 }).map((ms) =>
    command(`${ms} ms pass`, async () => {
      await vi.advanceTimersByTimeAsync(ms)
    }),
  ),
  fc.constantFrom(-86_400_000, 0, 86_400_000).map((skewMs) =>
    command(`the clock is off by ${skewMs} ms`, (_, real) => {
      real.skewMs = skewMs
    }),
  ),
  fc.constant(command('read', read)),
  fc.constant(
    command('a request that nobody waits for', (_, real) => {
      void real.read()
    }),
  ),
  fc.constant(command('put here', put)),
  fc.constant(command('delete here', remove)),
  fc.constant(
    command('put elsewhere', (model, real) => {
      const entry = nextDatafile(model)
      show(model, real, entry)
      real.kv.set(SECOND, entry)
    }),
  ),
  fc.constant(
    command('put elsewhere, the second copy refused', (model, real) => show(model, real, nextDatafile(model))),
  ),
  fc.constant(
    command('delete elsewhere, the second copy refused', (model, real) => show(model, real, nextTombstone(model))),
  ),
  fc.constant(command('a broken value', (model, real) => show(model, real, nextBroken(model)))),
  fc.constant(command('no value', (model, real) => show(model, real, NOTHING))),
  fc.nat({ max: 10 }).map((index) =>
    command(`KV shows what it had, ${index}`, (model, real) => {
      const { shown } = model.writes
      real.kv.set(FIRST, shown[index % Math.max(1, shown.length)] ?? NOTHING)
    }),
  ),
  fc.constant(command('recover', recover)),
]

it('keeps its promises through any sequence of faults, writes and clocks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 60, size: 'max' }), async (sequence) => {
      vi.clearAllTimers()
      await fc.asyncModelRun(() => ({ model: createModel(), real: createReal() }), sequence)
    }),
    { numRuns: 2_000 },
  )
}, 60_000)
