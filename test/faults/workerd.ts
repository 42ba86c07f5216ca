/** Raw `workerd serve`, the runtime that Workers run on, with the bundled Worker in it and the fake KV under it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'

export interface Workerd {
  readonly url: string
  readonly pid: number
  /** The Worker's log, one entry for each line. */
  readonly logged: readonly string[]
  /** `null` while the process runs. */
  exitCode(): number | string | null
  stop(): Promise<void>
}

export interface WorkerdOptions extends WorkerOptions {
  /** The port of what is bound as `ASSETS`. */
  readonly assetsPort?: number
  /** What is bound besides, by name: another Worker in the same process, or a port of this machine. */
  readonly services?: Readonly<Record<string, BoundWorker | number>>
  /** Where `fetch` may go besides the public internet: to addresses of this machine; or, whatever the URL, to this port of it. */
  readonly outbound?: 'loopback' | number
}

export interface WorkerOptions {
  /** One ES module. */
  readonly code: string
  readonly variables?: Readonly<Record<string, string>>
  /** The port of what is bound as `DATAFILES`; nothing is without it. */
  readonly kvPort?: number
  /** The Worker's own Durable Objects. */
  readonly objects?: DurableObjects
}

export interface DurableObjects {
  /** By the name of their binding. */
  readonly classes: Readonly<Record<string, string>>
  /** Where what they store outlives the process; in memory without it. */
  readonly folder?: string
}

/** A Worker as another one has it in its environment. */
export interface BoundWorker extends WorkerOptions {
  /** The class that is bound; the default export without it. */
  readonly entrypoint?: string
  readonly props?: object
}

const COMPATIBILITY_DATE = '2026-10-20'

/** Starts a process with one isolate that has seen no request. */
export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const folder = await mkdtemp(join(tmpdir(), 'turnout-faults-'))
  for (const [name, { code }] of workersOf(options)) await writeFile(join(folder, `${name}.js`), code)
  await writeFile(join(folder, 'config.capnp'), configurationOf(options))
  const child = spawn(workerdPath(), ['serve', join(folder, 'config.capnp'), '--control-fd=3'], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  // Whatever becomes of the tests, nothing of them goes on behind them.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  const logged: string[] = []
  collectLines(child.stdio[1], logged)
  collectLines(child.stdio[2], logged)
  const stop = async () => {
    if (exitCodeOf(child) === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(folder, { recursive: true, force: true })
  }
  const port = await listeningPort(child)
  if (port === null) {
    await stop()
    throw new Error(`workerd ended before it listened: ${logged.join('\n')}`)
  }
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, logged, exitCode: () => exitCodeOf(child), stop }
}

/** Every Worker of a process by the name of its service, the one that is asked first. */
function workersOf(options: WorkerdOptions): readonly (readonly [name: string, worker: WorkerOptions])[] {
  const others = Object.entries(options.services ?? {})
  return [['worker', options], ...others.flatMap(([name, to]) => (typeof to === 'number' ? [] : [[name, to] as const]))]
}

/** Requests may carry `request.cf` as JSON in `X-Test-Cf`, and the scheme of their URL in `X-Test-Proto`. */
function configurationOf(options: WorkerdOptions): string {
  const { assetsPort, outbound, services = {} } = options
  const others: Record<string, BoundWorker | number> = { ...services }
  if (assetsPort !== undefined) others.ASSETS = assetsPort
  const external = Object.entries(others).flatMap(([name, to]) => (typeof to === 'number' ? [[name, to] as const] : []))
  const listed = [
    ...workersOf(options).map(([name, worker]) => workerService(name, worker, name === 'worker' ? others : {})),
    ...external.map(([name, port]) => externalService(name, port)),
  ]
  if (outbound === 'loopback') listed.push('(name = "internet", network = (allow = ["public", "private"]))')
  if (typeof outbound === 'number') listed.push(externalService('internet', outbound))
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${listed.join(',\n    ')}
  ],
  sockets = [(
    name = "http",
    address = "127.0.0.1:0",
    http = (forwardedProtoHeader = "X-Test-Proto", cfBlobHeader = "X-Test-Cf"),
    service = "worker"
  )]
);
`
}

function workerService(
  name: string,
  { variables = {}, kvPort, objects }: WorkerOptions,
  services: Readonly<Record<string, BoundWorker | number>>,
): string {
  const bindings = [
    ...Object.entries({ ...NO_COLLECTOR, ...variables }).map(
      ([key, text]) => `(name = "${key}", text = ${JSON.stringify(text)})`,
    ),
    ...Object.entries(services).map(([service, to]) => `(name = "${service}", service = ${designator(service, to)})`),
  ]
  const kv = kvPort === undefined ? '' : `,\n    ${externalService(`${name}-kv`, kvPort)}`
  if (kvPort !== undefined) bindings.push(`(name = "DATAFILES", kvNamespace = "${name}-kv")`)
  for (const [binding, className] of Object.entries(objects?.classes ?? {})) {
    bindings.push(`(name = "${binding}", durableObjectNamespace = "${className}")`)
  }
  return `(name = "${name}", worker = (
      modules = [(name = "worker.js", esModule = embed "${name}.js")],
      compatibilityDate = "${COMPATIBILITY_DATE}",
      bindings = [${bindings.join(', ')}]${objects === undefined ? '' : durableObjects(name, objects)}
    ))${kv}${objects?.folder === undefined ? '' : `,\n    ${diskService(`${name}-objects`, objects.folder)}`}`
}

function durableObjects(name: string, { classes, folder }: DurableObjects): string {
  const namespaces = Object.values(classes).map(
    (className) => `(className = "${className}", uniqueKey = "${className}", enableSql = true)`,
  )
  const storage = folder === undefined ? 'inMemory = void' : `localDisk = "${name}-objects"`
  return `,
      durableObjectNamespaces = [${namespaces.join(', ')}],
      durableObjectStorage = (${storage})`
}

function diskService(name: string, folder: string): string {
  return `(name = "${name}", disk = (path = ${JSON.stringify(folder)}, writable = true))`
}

/** Events of tests are nobody's. */
const NO_COLLECTOR = { COLLECTOR_URL: 'off' }

function designator(service: string, to: BoundWorker | number): string {
  if (typeof to === 'number' || to.entrypoint === undefined) return `"${service}"`
  const props = to.props === undefined ? '' : `, props = (json = ${JSON.stringify(JSON.stringify(to.props))})`
  return `(name = "${service}", entrypoint = "${to.entrypoint}"${props})`
}

function externalService(name: string, port: number): string {
  return `(name = "${name}", external = (address = "127.0.0.1:${port}", http = ()))`
}

/** The workerd that wrangler brings along, so that there is one. */
function workerdPath(): string {
  const requireFromWrangler = createRequire(createRequire(import.meta.url).resolve('wrangler/package.json'))
  const { default: path }: { default: string } = requireFromWrangler('workerd')
  return path
}

function collectLines(stream: unknown, lines: string[]): void {
  if (stream instanceof Readable) createInterface({ input: stream }).on('line', (line) => lines.push(line))
}

/** workerd tells on a pipe of its own which port it was given. `null` when it ends instead. */
async function listeningPort(child: ChildProcess): Promise<number | null> {
  const control = child.stdio[3]
  if (!(control instanceof Readable)) throw new Error('workerd was started without a control pipe')
  for await (const line of createInterface({ input: control })) {
    const message: { event?: string; port?: number } = JSON.parse(line)
    if (message.event === 'listen' && message.port !== undefined) return message.port
  }
  return null
}

function exitCodeOf(child: ChildProcess): number | string | null {
  return child.exitCode ?? child.signalCode
}
