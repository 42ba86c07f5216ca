/**
 * What a page costs that passes through the Worker: CPU time, requests per second, the first byte's delay and the bytes
 * put in, on raw workerd with a loopback origin, beside a Worker that only passes pages on and beside other products.
 */
import { bundleForWorkerd, bundleWorker } from './bundle.ts'
import { cpuSeconds } from './http/cpu-time.ts'
import { type Load, runLoad } from './http/load.ts'
import { EDITED_BY_ID, EDITS_BY_ID, PAGE_CASES, PAGE_PATH, type PageCase, PIECES_TARGET } from './pages/cases.ts'
import { firstBytes } from './pages/first-byte.ts'
import { type InlinedBytes, inlinedBytes } from './pages/inlined-bytes.ts'
import { type Origin, startOrigin } from './pages/start-origin.ts'
import { ask, VISITOR_HEADERS } from './pages/visitor.ts'
import { startWorkerd, type Workerd } from './workerd.ts'

/** What was measured of one Worker, one value per round. */
export interface PageFigures {
  readonly name: string
  /** In a reader's words. */
  readonly what: string
  /** The page came in pieces, as it did for what this is to be compared with. */
  readonly isInPieces: boolean
  readonly cpuMicroseconds: readonly number[]
  readonly requestsPerSecond: readonly number[]
  /** From the request to the first byte of the body, of a page whose rest is late. Empty where there is no page. */
  readonly firstByteMs: readonly number[]
  /** `null` where there is no page. */
  readonly inlined: InlinedBytes | null
}

/** A Worker under measurement. */
interface Subject extends Pick<PageCase, 'changes' | 'expected' | 'status' | 'target'> {
  readonly name: string
  readonly what: string
  readonly workerd: Workerd
  readonly headers: readonly string[]
}

const ROUNDS = 15
const CONNECTIONS = 16
const WARM_UP_MS = 1_500
/** What one sample takes, about: less than most of what else happens on a machine. */
const SAMPLE_MS = 300
const FIRST_BYTE_ROUNDS = 25
const SDK_KEY = 'bench'
const TOKEN = 'bench-token-0123456789'

/** Runs everything; takes about three minutes. Throws where a Worker does not answer what its case expects. */
export async function measurePages(progress: (line: string) => void): Promise<readonly PageFigures[]> {
  const origin = await startOrigin()
  const subjects: Subject[] = []
  try {
    for await (const subject of startSubjects(origin)) subjects.push(subject)
    progress(`pages: ${subjects.length} Workers answer as they should`)
    return await measureAll(subjects, progress)
  } finally {
    await Promise.all(subjects.map(({ workerd }) => workerd.stop()))
    await origin.stop()
  }
}

/** Each is checked before the next one starts. */
async function* startSubjects(origin: Origin): AsyncGenerator<Subject> {
  for (const { name, what, file, variables, edits, target = PAGE_PATH } of OTHERS) {
    const code = await bundleForWorkerd(`pages/${file}.ts`)
    const workerd = await startWorkerd([{ name, code, bindings: textBindings({ ORIGIN: origin.url, ...variables }) }])
    const changes = edits ? { changes: EDITS_BY_ID, expected: EDITED_BY_ID } : { changes: [], expected: [] }
    yield await checked({ name, what, workerd, headers: VISITOR_HEADERS, status: 200, target, ...changes })
  }
  const turnout = {
    code: (await bundleWorker()).code,
    bindings: `(name = "DATAFILES", kvNamespace = "kv"), ${textBindings({ ORIGIN: origin.url, SDK_KEY, ADMIN_TOKEN: TOKEN })}`,
    kv: await bundleForWorkerd('http/kv-worker.ts'),
  }
  for (const pageCase of PAGE_CASES) yield await startTurnout(pageCase, turnout)
}

interface OtherWorker {
  readonly name: string
  readonly what: string
  readonly file: string
  readonly variables?: Readonly<Record<string, string>>
  /** Makes the edits by id. */
  readonly edits: boolean
  readonly target?: string
}

const OTHERS: readonly OtherWorker[] = [
  { name: 'pass-through', what: 'pass-through', file: 'pass-through', edits: false },
  { name: 'careful', what: 'the same with forwarding headers and a time limit', file: 'careful', edits: false },
  rewriter('none', '`HTMLRewriter` that does nothing to `head`'),
  rewriter('ids', '`HTMLRewriter`, unguarded, with the edits by id'),
  rewriter('classes', '`HTMLRewriter`, unguarded, with the edits by class'),
  { name: 'growthbook', what: 'GrowthBook, the edits by id', file: 'growthbook', edits: true },
  {
    name: 'snippetless',
    what: 'Edge Delivery, the edits by id, without its browser code',
    file: 'edge-delivery',
    variables: { SNIPPETLESS: 'yes' },
    edits: true,
  },
  {
    name: 'delivery',
    what: 'Edge Delivery, the same with its browser code',
    file: 'edge-delivery',
    variables: { SNIPPETLESS: 'no' },
    edits: true,
  },
  {
    name: 'pass-through-pieces',
    what: 'pass-through, the page in pieces',
    file: 'pass-through',
    edits: false,
    target: PIECES_TARGET,
  },
]

function rewriter(edits: 'none' | 'ids' | 'classes', what: string): OtherWorker {
  return { name: `rewriter-${edits}`, what, file: 'html-rewriter', variables: { EDITS: edits }, edits: edits === 'ids' }
}

function textBindings(variables: Readonly<Record<string, string>>): string {
  return Object.entries({ COLLECTOR_URL: 'off', ...variables })
    .map(([name, text]) => `(name = "${name}", text = "${text}")`)
    .join(', ')
}

interface TurnoutSource {
  readonly code: string
  readonly bindings: string
  readonly kv: string
}

async function startTurnout(pageCase: PageCase, { code, bindings, kv }: TurnoutSource): Promise<Subject> {
  const workerd = await startWorkerd([
    { name: 'turnout', code, bindings },
    { name: 'kv', code: kv },
  ])
  await putDatafile(workerd, pageCase.datafile)
  const { headers } = await ask(workerd, VISITOR_HEADERS)
  const kept = pageCase.status === 304 ? [`If-None-Match: ${headers.get('etag')}`] : []
  return await checked({ ...pageCase, workerd, headers: [...VISITOR_HEADERS, ...kept] })
}

async function putDatafile({ url }: Workerd, datafile: object): Promise<void> {
  const response = await fetch(`${url}/_turnout/v1/datafiles/${SDK_KEY}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(datafile),
  })
  if (!response.ok) throw new Error(`PUT answered ${response.status}: ${await response.text()}`)
}

/** Makes sure that what is timed is what the case is about. */
async function checked(subject: Subject): Promise<Subject> {
  const { status, body } = await ask(subject.workerd, subject.headers, subject.target)
  if (status !== subject.status) throw new Error(`${subject.name} answered ${status}`)
  const lacking = subject.expected.filter((text) => !body.includes(text))
  if (lacking.length > 0) throw new Error(`${subject.name} lacks ${lacking.join(' and ')} in:\n${body.slice(0, 8_000)}`)
  return subject
}

async function measureAll(
  subjects: readonly Subject[],
  progress: (line: string) => void,
): Promise<readonly PageFigures[]> {
  const measured = []
  for (const subject of subjects) measured.push(await warmUp(subject))
  progress(`pages: warm, now ${ROUNDS} rounds`)
  for (let round = 0; round < ROUNDS; round++) for (const each of measured) await sampleRound(each)
  progress(`pages: first bytes, ${FIRST_BYTE_ROUNDS} rounds`)
  const pages = measured.filter(({ subject }) => isWholePage(subject))
  const delays = await firstBytes(
    pages.map(({ subject }) => subject),
    FIRST_BYTE_ROUNDS,
  )
  return await Promise.all(
    measured.map(async ({ subject, cpuMicroseconds, requestsPerSecond }) => ({
      name: subject.name,
      what: subject.what,
      isInPieces: subject.target === PIECES_TARGET,
      cpuMicroseconds,
      requestsPerSecond,
      firstByteMs: delays.get(subject) ?? [],
      inlined: isWholePage(subject) ? await inlinedBytes(subject) : null,
    })),
  )
}

/** What comes in pieces is there for its CPU alone. */
function isWholePage({ status, target }: Subject): boolean {
  return status === 200 && target === PAGE_PATH
}

interface Measured {
  readonly subject: Subject
  readonly load: Load
  readonly cpuMicroseconds: number[]
  readonly requestsPerSecond: number[]
}

/** Finds out on the way how many requests make up a sample. */
async function warmUp(subject: Subject): Promise<Measured> {
  const { workerd, headers, status, target } = subject
  const load = { port: workerd.port, targets: [target], connections: CONNECTIONS, headers, status }
  let requests = 50
  let seconds = 0
  for (let spentMs = 0; spentMs < WARM_UP_MS; spentMs += seconds * 1_000) {
    if (seconds > 0) requests = Math.max(20, Math.round((requests * SAMPLE_MS) / (seconds * 1_000)))
    seconds = await runLoad({ ...load, requests })
  }
  return { subject, load: { ...load, requests }, cpuMicroseconds: [], requestsPerSecond: [] }
}

async function sampleRound({ subject, load, cpuMicroseconds, requestsPerSecond }: Measured): Promise<void> {
  const { pid } = subject.workerd
  const before = cpuSeconds(pid)
  const seconds = await runLoad(load)
  cpuMicroseconds.push(((cpuSeconds(pid) - before) * 1e6) / load.requests)
  requestsPerSecond.push(load.requests / seconds)
}
