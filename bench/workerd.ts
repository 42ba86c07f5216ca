/**
 * Raw `workerd serve`: the runtime without wrangler's proxy before it, which costs 15 times what a decision does.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'

/** One Worker of a workerd process: an ES module and its bindings, the latter in workerd's own configuration. */
export interface WorkerSource {
  readonly name: string
  readonly code: string
  readonly bindings?: string
}

export interface Workerd {
  readonly url: string
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

const COMPATIBILITY_DATE = '2026-10-20'
const START_LIMIT_MS = 20_000

/** Starts one process that serves the first Worker on a free port; the others are there to be bound. */
export async function startWorkerd(workers: readonly WorkerSource[]): Promise<Workerd> {
  const folder = await mkdtemp(join(tmpdir(), 'turnout-bench-'))
  for (const { name, code } of workers) await writeFile(join(folder, `${name}.js`), code)
  await writeFile(join(folder, 'config.capnp'), configurationOf(workers))
  const child = spawn(workerdPath(), ['serve', join(folder, 'config.capnp'), '--control-fd=3'], {
    // A Worker's log is of no interest here, the runtime's is.
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  try {
    const port = await listeningPort(child)
    return { url: `http://127.0.0.1:${port}`, port, pid: pidOf(child), stop: () => stop(child, folder) }
  } catch (cause) {
    await stop(child, folder)
    throw cause
  }
}

/** The runtime's own version, as it is deployed. */
export function workerdVersion(): string {
  const { version }: { version: string } = requireFromWrangler('workerd/package.json')
  return version
}

/** The workerd that wrangler brings along, so that there is one. */
const requireFromWrangler = createRequire(createRequire(import.meta.url).resolve('wrangler/package.json'))

function workerdPath(): string {
  const { default: path }: { default: string } = requireFromWrangler('workerd')
  return path
}

/** `fetch` may go to addresses of this machine: the origins of the benchmarks. */
const INTERNET = '(name = "internet", network = (allow = ["public", "private"]))'

function configurationOf(workers: readonly WorkerSource[]): string {
  const services = workers.map(
    ({ name, bindings }) => `(name = "${name}", worker = (
      modules = [(name = "${name}.js", esModule = embed "${name}.js")],
      compatibilityDate = "${COMPATIBILITY_DATE}",
      bindings = [${bindings ?? ''}]
    ))`,
  )
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [${[...services, INTERNET].join(',\n')}],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "${workers[0]?.name}")]
);
`
}

/** workerd tells on a pipe of its own which port it was given. */
async function listeningPort(child: ChildProcess): Promise<number> {
  const control = child.stdio[3]
  if (!(control instanceof Readable)) throw new Error('workerd was started without a control pipe')
  const exit = once(child, 'exit').then(([code]) => {
    throw new Error(`workerd ended with code ${code} before it listened`)
  })
  const listening = (async () => {
    for await (const line of createInterface({ input: control })) {
      const message: { event?: string; port?: number } = JSON.parse(line)
      if (message.event === 'listen' && message.port !== undefined) return message.port
    }
    throw new Error('workerd closed its control pipe before it listened')
  })()
  return await Promise.race([listening, exit, timeout(START_LIMIT_MS)])
}

function timeout(milliseconds: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`workerd did not listen within ${milliseconds} ms`)), milliseconds).unref()
  })
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('workerd has no process id')
  return pid
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await rm(folder, { recursive: true, force: true })
}
