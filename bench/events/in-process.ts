/**
 * What an event costs in a Worker's own code, without runtime and network around it: building and queueing, and taking from the
 * Queue to where it is sent. In Node, whose engine is that of workerd.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { compile, type Project, parseDatafile } from '../../src/engine/index.ts'
import { createCollectorSink } from '../../src/events/delivery/collector-sink.ts'
import { consumeQueue } from '../../src/events/delivery/consume-queue.ts'
import { createGathering } from '../../src/events/delivery/gather-events.ts'
import { createQueueDispatcher } from '../../src/events/delivery/queue-dispatcher.ts'
import type { QueueMessage } from '../../src/events/delivery/queue-sends.ts'
import { createRecorder } from '../../src/events/delivery/recorder.ts'
import type { UserEvent } from '../../src/events/event.ts'
import { generateDatafile } from '../generate-datafile.ts'

/** One value per round. */
export interface InProcessFigures {
  /** Of 1,000 events, recorded one by one and put into the Queue. */
  readonly queueingMs: readonly number[]
  /** What 1,000 events hold until the Queue has taken them. */
  readonly heldBytes: readonly number[]
  /** Messages that the consumer delivers in a second, 100 at a time. */
  readonly consumedPerSecond: readonly number[]
}

const ROUNDS = 20
const EVENTS = 1_000
const CONSUMED = 20_000
const BATCH = 100
const CLIENT = { name: 'turnout', version: '0.0.0' }

export async function measureInProcess(): Promise<InProcessFigures> {
  const project = projectOf(generateDatafile(100))
  const figures = { queueingMs: emptyRounds(), heldBytes: emptyRounds(), consumedPerSecond: emptyRounds() }
  for (let round = -2; round < ROUNDS; round++) {
    const { queueingMs, heldBytes, messages } = await queueRound(project)
    const consumedPerSecond = await consumeRound(messages)
    if (round < 0) continue
    figures.queueingMs.push(queueingMs)
    figures.heldBytes.push(heldBytes)
    figures.consumedPerSecond.push(consumedPerSecond)
  }
  return figures
}

function emptyRounds(): number[] {
  return []
}

interface Queued {
  readonly queueingMs: number
  readonly heldBytes: number
  /** As the Queue has them. */
  readonly messages: readonly string[]
}

async function queueRound(project: Project): Promise<Queued> {
  const sent: QueueMessage[][] = []
  const tasks: Promise<unknown>[] = []
  let release = () => {}
  const taken = new Promise<void>((resolve) => {
    release = resolve
  })
  const queue = {
    sendBatch: (messages: Iterable<QueueMessage>) => {
      sent.push([...messages])
      return taken
    },
  }
  const dispatcher = createQueueDispatcher(queue, { dispatch: unexpected }, () => {})
  const { record } = createRecorder({
    gather: createGathering({ dispatcher, wait: async () => {} }),
    background: (task) => void tasks.push(task),
    clock: Date.now,
    newId: () => crypto.randomUUID(),
    client: CLIENT,
    log: () => {},
    count: () => {},
  })
  const events = Array.from({ length: EVENTS }, (_, index) => conversion(project, index))
  const before = usedBytes()
  const start = performance.now()
  for (const event of events) record([event])
  const queueingMs = performance.now() - start
  const heldBytes = usedBytes() - before
  release()
  await Promise.all(tasks)
  return { queueingMs, heldBytes, messages: sent.flat().map(({ body }) => body) }
}

async function consumeRound(queued: readonly string[]): Promise<number> {
  let requests = 0
  const fetch = async () => {
    requests++
    return new Response(null, { status: 204 })
  }
  const sinks = [createCollectorSink({ fetch, clock: Date.now, url: 'https://collector.example/' })]
  let acknowledged = 0
  const start = performance.now()
  for (let taken = 0; taken < CONSUMED; taken += BATCH) {
    const messages = Array.from({ length: BATCH }, (_, index) => ({
      id: `${taken + index}`,
      body: queued[(taken + index) % queued.length] ?? '',
      attempts: 1,
      ack: () => acknowledged++,
      retry: unexpected,
    }))
    const limits = { maxEvents: 10, maxBytes: 3_500_000 }
    const parked = { park: unexpected }
    const options = { sinks, limits, parked, queue: null, count: () => {}, random: Math.random, retrySeconds: 10 }
    await consumeQueue({ messages }, options)
  }
  const seconds = (performance.now() - start) / 1000
  if (acknowledged !== CONSUMED || requests !== CONSUMED / 10)
    throw new Error(`Delivered ${acknowledged} by ${requests}`)
  return CONSUMED / seconds
}

function unexpected(): never {
  throw new Error('This was not to be asked')
}

function conversion(project: Project, index: number): UserEvent {
  const attributes = { country: 'se', plan: index % 2 ? 'pro' : 'free', age: index % 100 }
  const tags = { revenue: 100 * index, value: index / 10, category: 'shoes' }
  return {
    kind: 'conversion',
    sdkKey: 'bench',
    project,
    userId: `user-${index}`,
    attributes,
    eventKey: 'purchase',
    eventId: '77',
    tags,
  }
}

function projectOf(datafile: object): Project {
  const parsed = parseDatafile(datafile)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  return compile(parsed.value.datafile)
}

/** What is in use once nothing can be freed any more. */
function usedBytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

const collectGarbage: () => void = exposedCollector()

function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect !== 'function') throw new Error('The garbage collector is not there to be called')
  return () => {
    collect()
  }
}
