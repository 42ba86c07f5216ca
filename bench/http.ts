/**
 * CPU time per request and requests per second of the query API on raw workerd, beside a Worker that returns a
 * constant JSON with the same headers: what is left is the price of deciding, and of saying so.
 */
import { bundleForWorkerd, bundleWorker } from './bundle.ts'
import { flagKeyOf, generateDatafile } from './generate-datafile.ts'
import { cpuSeconds } from './http/cpu-time.ts'
import { runLoad } from './http/load.ts'
import { startWorkerd, type Workerd } from './workerd.ts'

/** One kind of request, put to both Workers. */
export interface HttpFigures {
  readonly request: string
  readonly turnout: HttpSamples
  readonly constant: HttpSamples
  /** Body of a typical answer. */
  readonly bodyBytes: number
}

/** One value per round. */
export interface HttpSamples {
  readonly cpuMicroseconds: readonly number[]
  readonly requestsPerSecond: readonly number[]
}

/** Processes differ by more than their rounds do, by what the runtime makes of the same code in each. */
const PAIRS = 5
const ROUNDS_OF_PAIR = 4
const REQUESTS = 7_500
const WARM_UP_REQUESTS = 20_000
const CONNECTIONS = 16
const FLAGS = 100
const SDK_KEY = 'bench'
const TOKEN = 'bench-token-0123456789'

/** What is asked, in a reader's words and as request targets: users and flags in turn. */
const KINDS = [
  { request: '`GET /?feature=&userId=&key=`', targets: targets(() => '') },
  { request: 'the same with three `attributes`', targets: targets((index) => `&attributes=${attributesOf(index)}`) },
]

/** Runs the comparison; takes about two minutes. `config` says which Worker. */
export async function measureHttp(
  progress: (line: string) => void,
  config = 'wrangler.toml',
): Promise<readonly HttpFigures[]> {
  const { code } = await bundleWorker(config)
  const figures: HttpFigures[] = []
  for (const kind of KINDS) {
    progress(
      `http: ${PAIRS} pairs of processes, ${ROUNDS_OF_PAIR} rounds of ${REQUESTS} requests each, ${kind.request}`,
    )
    figures.push(await measureKind(code, kind))
  }
  return figures
}

async function measureKind(code: string, { request, targets }: (typeof KINDS)[number]): Promise<HttpFigures> {
  const figures = { turnout: emptySamples(), constant: emptySamples() }
  let bodyBytes = 0
  for (let pair = 0; pair < PAIRS; pair++) {
    const turnout = await startTurnout(code)
    try {
      const sample = await sampleAnswer(turnout, targets[0] ?? '/')
      bodyBytes = sample.body.length
      await besideConstant(sample, (constant) => compare({ turnout, constant }, targets, figures))
    } finally {
      await turnout.stop()
    }
  }
  return { request, bodyBytes, ...figures }
}

async function startTurnout(code: string): Promise<Workerd> {
  const bindings = `(name = "DATAFILES", kvNamespace = "kv"), (name = "ADMIN_TOKEN", text = "${TOKEN}"), (name = "COLLECTOR_URL", text = "off")`
  const turnout = await startWorkerd([
    { name: 'turnout', code, bindings },
    { name: 'kv', code: await bundleForWorkerd('http/kv-worker.ts') },
  ])
  await putDatafile(turnout)
  return turnout
}

async function besideConstant(sample: SampleAnswer, measure: (constant: Workerd) => Promise<void>): Promise<void> {
  const constant = await startWorkerd([{ name: 'constant', code: constantWorker(sample) }])
  try {
    await measure(constant)
  } finally {
    await constant.stop()
  }
}

async function putDatafile({ url }: Workerd): Promise<void> {
  const response = await fetch(`${url}/v1/datafiles/${SDK_KEY}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(generateDatafile(FLAGS)),
  })
  if (!response.ok) throw new Error(`PUT answered ${response.status}: ${await response.text()}`)
}

interface SampleAnswer {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

async function sampleAnswer({ url }: Workerd, target: string): Promise<SampleAnswer> {
  const response = await fetch(`${url}${target}`)
  const body = await response.text()
  if (response.status !== 200) throw new Error(`The query API answered ${response.status}: ${body}`)
  const {
    'content-length': _length,
    connection: _connection,
    date: _date,
    ...headers
  } = Object.fromEntries(response.headers)
  return { body, headers }
}

function constantWorker({ body, headers }: SampleAnswer): string {
  return `const body = ${JSON.stringify(body)}
const headers = ${JSON.stringify(headers)}
export default { fetch() { return new Response(body, { headers }) } }`
}

interface Pair {
  readonly turnout: Workerd
  readonly constant: Workerd
}

async function compare(
  { turnout, constant }: Pair,
  targets: readonly string[],
  figures: Readonly<Record<keyof Pair, Samples>>,
): Promise<void> {
  for (const { port } of [turnout, constant]) {
    await runLoad({ port, targets, requests: WARM_UP_REQUESTS, connections: CONNECTIONS })
  }
  for (let round = 0; round < ROUNDS_OF_PAIR; round++) {
    await sampleRound(turnout, targets, figures.turnout)
    await sampleRound(constant, targets, figures.constant)
  }
}

interface Samples extends HttpSamples {
  readonly cpuMicroseconds: number[]
  readonly requestsPerSecond: number[]
}

function emptySamples(): Samples {
  return { cpuMicroseconds: [], requestsPerSecond: [] }
}

async function sampleRound({ pid, port }: Workerd, targets: readonly string[], samples: Samples): Promise<void> {
  const before = cpuSeconds(pid)
  const seconds = await runLoad({ port, targets, requests: REQUESTS, connections: CONNECTIONS })
  samples.cpuMicroseconds.push(((cpuSeconds(pid) - before) * 1e6) / REQUESTS)
  samples.requestsPerSecond.push(REQUESTS / seconds)
}

function targets(extra: (index: number) => string): readonly string[] {
  return Array.from({ length: 1_000 }, (_, index) => {
    const user = `user-${1_000 + index}`
    return `/?feature=${flagKeyOf(index % FLAGS)}&userId=${user}&key=${SDK_KEY}${extra(index)}`
  })
}

/** A few of the attributes that the audiences ask for, as a client would send them. */
function attributesOf(index: number): string {
  return encodeURIComponent(JSON.stringify({ country: 'se', plan: index % 2 ? 'pro' : 'free', age: index % 100 }))
}
