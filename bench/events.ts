/**
 * What events cost: requests per second of the query API with a Queue bound and with events off, and what an event costs in our
 * own code.
 */
import { bundleForWorkerd, bundleWorker } from './bundle.ts'
import { type InProcessFigures, measureInProcess } from './events/in-process.ts'
import { flagKeyOf, generateDatafile } from './generate-datafile.ts'
import { cpuSeconds } from './http/cpu-time.ts'
import { runLoad } from './http/load.ts'
import { startWorkerd, type Workerd } from './workerd.ts'

export interface EventFigures extends InProcessFigures {
  readonly on: EventSamples
  readonly off: EventSamples
}

/** One value per round. */
export interface EventSamples {
  readonly cpuMicroseconds: readonly number[]
  readonly requestsPerSecond: readonly number[]
}

const ROUNDS = 30
const REQUESTS = 7_500
const WARM_UP_REQUESTS = 20_000
const CONNECTIONS = 16
const FLAGS = 100
const SDK_KEY = 'bench'
const TOKEN = 'bench-token-0123456789'

/** Takes about two minutes: how many requests there are in a second differs by a tenth from round to round. */
export async function measureEvents(progress: (line: string) => void): Promise<EventFigures> {
  progress('events: 20 rounds of 1,000 events queued and 20,000 consumed')
  const inProcess = await measureInProcess()
  const { code } = await bundleWorker()
  const on = await startTurnout(code, '(name = "EVENTS", queue = "queue")')
  const off = await startTurnout(code, '(name = "COLLECTOR_URL", text = "off")')
  try {
    progress(`events: ${ROUNDS} rounds of ${REQUESTS} requests, with events and without`)
    return { ...inProcess, ...(await compare(on, off)) }
  } finally {
    await Promise.all([on.stop(), off.stop()])
  }
}

async function startTurnout(code: string, bindings: string): Promise<Workerd> {
  const turnout = await startWorkerd([
    {
      name: 'turnout',
      code,
      bindings: `(name = "DATAFILES", kvNamespace = "kv"), (name = "ADMIN_TOKEN", text = "${TOKEN}"), ${bindings}`,
    },
    { name: 'kv', code: await bundleForWorkerd('http/kv-worker.ts') },
    { name: 'queue', code: await bundleForWorkerd('events/queue-worker.ts') },
  ])
  const response = await fetch(`${turnout.url}/v1/datafiles/${SDK_KEY}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify(generateDatafile(FLAGS)),
  })
  if (!response.ok) throw new Error(`PUT answered ${response.status}: ${await response.text()}`)
  return turnout
}

async function compare(on: Workerd, off: Workerd): Promise<Pick<EventFigures, 'on' | 'off'>> {
  const figures = { on: emptySamples(), off: emptySamples() }
  for (const { port } of [on, off]) {
    await runLoad({ port, targets: TARGETS, requests: WARM_UP_REQUESTS, connections: CONNECTIONS })
  }
  for (let round = 0; round < ROUNDS; round++) {
    await sampleRound(on, figures.on)
    await sampleRound(off, figures.off)
  }
  return figures
}

function emptySamples(): { cpuMicroseconds: number[]; requestsPerSecond: number[] } {
  return { cpuMicroseconds: [], requestsPerSecond: [] }
}

async function sampleRound({ pid, port }: Workerd, samples: ReturnType<typeof emptySamples>): Promise<void> {
  const before = cpuSeconds(pid)
  const seconds = await runLoad({ port, targets: TARGETS, requests: REQUESTS, connections: CONNECTIONS })
  samples.cpuMicroseconds.push(((cpuSeconds(pid) - before) * 1e6) / REQUESTS)
  samples.requestsPerSecond.push(REQUESTS / seconds)
}

const TARGETS: readonly string[] = Array.from(
  { length: 1_000 },
  (_, index) => `/?feature=${flagKeyOf(index % FLAGS)}&userId=user-${1_000 + index}&key=${SDK_KEY}`,
)
