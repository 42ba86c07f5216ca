import { fileURLToPath } from 'node:url'
import { unstable_DevEnv } from 'wrangler'

const CONFIG = fileURLToPath(new URL('wrangler.toml', import.meta.url))
const START_LIMIT_MS = 60_000

export interface LocalWorkerOptions {
  readonly port: number
  /** The folder of the local KV. */
  readonly persistTo: string
  /** Its wrangler.toml; the one beside this file unless given. */
  readonly config?: string
  /** Variables in place of those of the wrangler.toml. */
  readonly variables?: Readonly<Record<string, string>>
}

/** A Worker on this machine, as it is being started or runs. */
export interface LocalWorker {
  /** Resolves when it answers. Rejects when it cannot be built, or does not answer within a minute. */
  readonly ready: Promise<void>
  stop(): Promise<void>
}

/** Starts the Worker of a wrangler.toml, through wrangler, without a network. */
export function startLocalWorker(options: LocalWorkerOptions): LocalWorker {
  const devEnv = new unstable_DevEnv()
  return { ready: start(devEnv, options), stop: () => devEnv.teardown() }
}

async function start(devEnv: unstable_DevEnv, options: LocalWorkerOptions): Promise<void> {
  await Promise.race([answering(devEnv, options), failure(devEnv), timeLimit()])
}

async function answering(devEnv: unstable_DevEnv, options: LocalWorkerOptions): Promise<void> {
  const { port, persistTo, config = CONFIG, variables = {} } = options
  const worker = await devEnv.startWorker({
    config,
    bindings: Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, { type: 'plain_text', value } as const]),
    ),
    dev: {
      server: { hostname: 'localhost', port },
      persist: persistTo,
      logLevel: 'warn',
      inspector: false,
      watch: false,
      remote: false,
    },
  })
  await worker.ready
}

/** What wrangler tells by events alone: it has said already what is wrong. */
function failure(devEnv: unstable_DevEnv): Promise<never> {
  return new Promise((_, reject) => {
    devEnv.once('buildFailed', () => reject(new Error('The Worker could not be built.')))
    devEnv.once('error', (cause) => reject(new Error('The Worker could not be started.', { cause })))
  })
}

function timeLimit(): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new Error('The Worker did not start within a minute.')), START_LIMIT_MS)
    timer.unref()
  })
}
