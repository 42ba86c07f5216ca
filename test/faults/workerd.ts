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

export interface WorkerdOptions {
  /** One ES module. */
  readonly code: string
  readonly variables?: Readonly<Record<string, string>>
  /** The port of what is bound as `DATAFILES`; nothing is without it. */
  readonly kvPort?: number
  /** The port of what is bound as `ASSETS`. */
  readonly assetsPort?: number
  /** Where `fetch` may go besides the public internet: to addresses of this machine; or, whatever the URL, to this port of it. */
  readonly outbound?: 'loopback' | number
}

const COMPATIBILITY_DATE = '2026-10-20'

/** Starts a process with one isolate that has seen no request. */
export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const folder = await mkdtemp(join(tmpdir(), 'turnout-faults-'))
  await writeFile(join(folder, 'worker.js'), options.code)
  await writeFile(join(folder, 'config.capnp'), configurationOf(options))
  const child = spawn(workerdPath(), ['serve', join(folder, 'config.capnp'), '--control-fd=3'], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
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

/** Requests may carry `request.cf` as JSON in `X-Test-Cf`, and the scheme of their URL in `X-Test-Proto`. */
function configurationOf({ variables = {}, kvPort, assetsPort, outbound }: WorkerdOptions): string {
  const bindings = Object.entries(variables).map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`)
  const services: string[] = []
  if (kvPort !== undefined) {
    bindings.push('(name = "DATAFILES", kvNamespace = "kv")')
    services.push(externalService('kv', kvPort))
  }
  if (assetsPort !== undefined) {
    bindings.push('(name = "ASSETS", service = "assets")')
    services.push(externalService('assets', assetsPort))
  }
  if (outbound === 'loopback') services.push('(name = "internet", network = (allow = ["public", "private"]))')
  if (typeof outbound === 'number') services.push(externalService('internet', outbound))
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "${COMPATIBILITY_DATE}",
      bindings = [${bindings.join(', ')}]
    )),
    ${services.join(',\n    ')}
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
