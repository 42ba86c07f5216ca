/**
 * Times the engine beside `@optimizely/optimizely-sdk` and GrowthBook's client, in one workerd process, the three
 * taking turns. Before that it makes sure that they do the same work.
 */
import { bundleForWorkerd } from './bundle.ts'
import type { Equivalence, Measurement, MeasurementRequest, SubjectName } from './engine/protocol.ts'
import { flagsForBytes } from './generate-datafile.ts'
import { startWorkerd, type Workerd } from './workerd.ts'

/** Everything measured of one datafile. Times are medians of the rounds, in microseconds per operation. */
export interface EngineFigures {
  readonly flags: number
  readonly bytes: number
  readonly compared: number
  /** Missing for sizes at which only loading is measured. */
  readonly decide: BySubject | null
  readonly decideAll: BySubject | null
  readonly loading: LoadFigures
  /** The same in a fresh isolate, where nothing has been optimised yet. */
  readonly cold: LoadFigures
}

export type BySubject = Readonly<Record<SubjectName, Samples>>

/** One value per round, in microseconds. */
export type Samples = readonly number[]

export interface LoadFigures {
  readonly jsonParse: Samples
  /** The SDK's `createInstance` on the text: parsing and indexing, without a decision. */
  readonly sdkLoad: Samples
  readonly firstDecision: BySubject
}

type Task = Pick<MeasurementRequest, 'subject' | 'task' | 'flags'>

const ROUNDS = 12
const COLD_ROUNDS = 10
/** workerd's clock ticks in whole milliseconds: a batch of so many is known to 1 %. */
const BATCH_MS = 100
const LARGE_FILE_BYTES = 400_000
const NAMES = ['turnout', 'optimizely', 'growthbook'] as const

/** Runs everything; takes about two minutes. */
export async function measureEngine(progress: (line: string) => void): Promise<readonly EngineFigures[]> {
  const code = await bundleForWorkerd('engine/worker.ts')
  const figures: EngineFigures[] = []
  for (const flags of [10, 100, 1_000]) figures.push(await measureSize(code, { flags, deciding: true }, progress))
  const large = flagsForBytes(LARGE_FILE_BYTES)
  figures.push(await measureSize(code, { flags: large, deciding: false }, progress))
  return figures.toSorted((a, b) => a.flags - b.flags)
}

interface Size {
  readonly flags: number
  /** Whether single decisions are timed too, or only loading. */
  readonly deciding: boolean
}

async function measureSize(
  code: string,
  { flags, deciding }: Size,
  progress: (line: string) => void,
): Promise<EngineFigures> {
  const workerd = await startWorkerd([{ name: 'bench', code }])
  try {
    const { compared, bytes } = await assertEquivalent(workerd, flags)
    progress(`engine, ${flags} flags (${Math.round(bytes / 1000)} kB): ${compared} decisions equal the SDK's`)
    const decide = deciding ? await bySubject(workerd, { task: 'decide', flags }) : null
    const decideAll = deciding ? await bySubject(workerd, { task: 'decide-all', flags }) : null
    const loading = loadFigures(await interleaved(workerd, loadTasks(flags)))
    progress(`engine, ${flags} flags: measured warm, now ${COLD_ROUNDS} cold starts`)
    const cold = loadFigures(await coldSamples(code, loadTasks(flags)))
    return { flags, bytes, compared, decide, decideAll, loading, cold }
  } finally {
    await workerd.stop()
  }
}

/** Throws when the three do not do the same work: then their times mean nothing. */
async function assertEquivalent(workerd: Workerd, flags: number): Promise<Equivalence> {
  const equivalence = await post<Equivalence>(workerd, 'equivalence', { flags })
  if (equivalence.differences.length > 0) {
    throw new Error(`Decisions differ from the SDK's:\n${equivalence.differences.join('\n')}`)
  }
  const { turnout, optimizely, growthbook } = equivalence.targeted
  if (turnout !== optimizely || turnout !== growthbook || turnout === 0) {
    throw new Error(`Different users are targeted: ${JSON.stringify(equivalence.targeted)}`)
  }
  return equivalence
}

async function bySubject(workerd: Workerd, task: Omit<Task, 'subject'>): Promise<BySubject> {
  const samples = await interleaved(
    workerd,
    NAMES.map((subject) => ({ ...task, subject })),
  )
  return bySubjectFrom(samples)
}

function bySubjectFrom(samples: readonly Samples[]): BySubject {
  const [turnout = [], optimizely = [], growthbook = []] = samples
  return { turnout, optimizely, growthbook }
}

function loadTasks(flags: number): readonly Task[] {
  return [
    { task: 'json-parse', subject: 'turnout', flags },
    { task: 'load', subject: 'optimizely', flags },
    ...NAMES.map((subject): Task => ({ task: 'first-decision', subject, flags })),
  ]
}

function loadFigures([jsonParse = [], sdkLoad = [], ...rest]: readonly Samples[]): LoadFigures {
  return { jsonParse, sdkLoad, firstDecision: bySubjectFrom(rest) }
}

/** Samples of each task, all tasks once per round, each in batches of about BATCH_MS. */
async function interleaved(workerd: Workerd, tasks: readonly Task[]): Promise<readonly Samples[]> {
  const iterations: number[] = []
  for (const task of tasks) iterations.push(await calibrate(workerd, task))
  const samples: number[][] = tasks.map(() => [])
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, task] of tasks.entries()) {
      samples[index]?.push(await microseconds(workerd, task, iterations[index] ?? 1))
    }
  }
  return samples
}

/** How many iterations take about BATCH_MS once warm. Warms up on the way. */
async function calibrate(workerd: Workerd, task: Task): Promise<number> {
  let iterations = 1
  for (;;) {
    const { elapsedMs } = await post<Measurement>(workerd, 'measure', { ...task, iterations })
    if (elapsedMs >= BATCH_MS) return Math.max(1, Math.round((iterations * BATCH_MS) / elapsedMs))
    iterations *= 2
  }
}

/** Each sample is the very first thing that a fresh process does. */
async function coldSamples(code: string, tasks: readonly Task[]): Promise<readonly Samples[]> {
  const samples: number[][] = tasks.map(() => [])
  for (let round = 0; round < COLD_ROUNDS; round++) {
    for (const [index, task] of tasks.entries()) {
      const workerd = await startWorkerd([{ name: 'bench', code }])
      try {
        samples[index]?.push(await microseconds(workerd, task, 1))
      } finally {
        await workerd.stop()
      }
    }
  }
  return samples
}

async function microseconds(workerd: Workerd, task: Task, iterations: number): Promise<number> {
  const { elapsedMs } = await post<Measurement>(workerd, 'measure', { ...task, iterations })
  return (elapsedMs * 1000) / iterations
}

async function post<Answer>({ url }: Workerd, path: string, body: object): Promise<Answer> {
  const response = await fetch(`${url}/${path}`, { method: 'POST', body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`The bench Worker answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Answer
}
