/**
 * `npm start`: the Worker on this machine, with the datafiles of ../datafiles in its local KV, and a `curl` line to
 * try it with. Ends with Ctrl-C.
 */
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError } from 'commander'

const HERE = fileURLToPath(new URL('.', import.meta.url))
/** As in wrangler.toml beside this file. */
const ADMIN_TOKEN = 'demo'
const DEMO = { sdkKey: 'demo', flagKey: 'checkout', userId: 'u1' }
const START_LIMIT_MS = 60_000

interface Options {
  readonly port: number
  readonly datafiles: string
  readonly persistTo: string
}

/** What this needs of wrangler's running Worker. */
interface RunningWorker {
  readonly ready: Promise<void>
  dispose(): Promise<void>
}

await new Command('npm start --')
  .description('Runs the Worker on this machine with the sample datafiles.')
  .option('--port <number>', 'where to listen', portNumber, 8787)
  .option(
    '--datafiles <folder>',
    'what to seed the local KV with; the file name is the SDK key',
    join(HERE, '../datafiles'),
  )
  .option('--persist-to <folder>', 'where the local KV is kept', join(HERE, '.wrangler/state'))
  .action(start)
  .parseAsync()

async function start({ port, datafiles, persistTo }: Options): Promise<void> {
  if (!(await isFree(port))) return giveUp(`Port ${port} is taken. Choose another: npm start -- --port ${port + 1}`)
  const worker = await startWorker(port, persistTo)
  process.once('SIGINT', () => void stop(worker, 0))
  process.once('SIGTERM', () => void stop(worker, 0))
  try {
    await within(START_LIMIT_MS, worker.ready)
    const origin = `http://localhost:${port}`
    for (const line of await seed(origin, datafiles)) console.log(line)
    for (const line of await instructions(origin, datafiles)) console.log(line)
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause)
    await stop(worker, 1)
  }
}

/** Without telemetry, prompts, or a look-up of `request.cf`: nothing here needs a network. */
async function startWorker(port: number, persistTo: string): Promise<RunningWorker> {
  process.env.WRANGLER_SEND_METRICS = 'false'
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false'
  console.log('Starting the Worker…')
  // Imported late: it reads the environment, takes a second, and --help needs none of it.
  const { unstable_startWorker } = await import('wrangler')
  return await unstable_startWorker({
    config: join(HERE, 'wrangler.toml'),
    dev: {
      server: { hostname: 'localhost', port },
      persist: persistTo,
      logLevel: 'warn',
      inspector: false,
      watch: false,
      remote: false,
    },
  })
}

/** Uploads every datafile as an operator would. */
async function seed(origin: string, folder: string): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).toSorted()
  return await Promise.all(files.map((file) => upload(origin, join(folder, file))))
}

async function upload(origin: string, path: string): Promise<string> {
  const sdkKey = basename(path, '.json')
  const response = await fetch(`${origin}/v1/datafiles/${encodeURIComponent(sdkKey)}?force=true`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: await readFile(path),
  })
  const answer = await response.text()
  if (!response.ok) throw new Error(`The Worker refused ${path} (${response.status}): ${answer}`)
  return `  ${sdkKey.padEnd(12)} ${answer}`
}

async function instructions(origin: string, datafiles: string): Promise<readonly string[]> {
  const { sdkKey, flagKey, userId } = DEMO
  const address = `${origin}/?feature=${flagKey}&userId=${userId}&key=${sdkKey}`
  const answer = await (await fetch(address)).text()
  return [
    '',
    `Turnout is ready on ${origin}. Get a decision:`,
    '',
    `  curl '${address}'`,
    `  ${answer}`,
    '',
    'Put a datafile (any name will do as the SDK key):',
    '',
    `  curl -X PUT -H 'Authorization: Bearer ${ADMIN_TOKEN}' --data-binary @${join(datafiles, `${sdkKey}.json`)} '${origin}/v1/datafiles/mine'`,
    '',
    'Ctrl-C ends it.',
  ]
}

/** wrangler waits for a taken port without a word, so that it has to be found out before. */
async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '::1'))
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    // A machine without IPv6 has nothing that could take the port there.
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'EADDRINUSE' && code !== 'EACCES'))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

async function within(milliseconds: number, ready: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The Worker did not start within a minute.')), milliseconds)
  })
  await Promise.race([ready, late]).finally(() => clearTimeout(timer))
}

async function stop(worker: RunningWorker, exitCode: number): Promise<void> {
  await worker.dispose()
  process.exit(exitCode)
}

function giveUp(message: string): void {
  console.error(message)
  process.exitCode = 1
}

function portNumber(value: string): number {
  const port = Number(value)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new InvalidArgumentError('A port is a number from 1 to 65535.')
}
