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
  readonly kvPort: number
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
  return { url: `http://127.0.0.1:${port}`, logged, exitCode: () => exitCodeOf(child), stop }
}

function configurationOf({ variables = {}, kvPort }: WorkerdOptions): string {
  const bindings = Object.entries(variables).map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`)
  bindings.push('(name = "DATAFILES", kvNamespace = "kv")')
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "${COMPATIBILITY_DATE}",
      bindings = [${bindings.join(', ')}]
    )),
    (name = "kv", external = (address = "127.0.0.1:${kvPort}", http = ()))
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")]
);
`
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
