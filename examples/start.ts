/**
 * `npm start`: the Worker on this machine before the shop of shop/, with the datafiles of ../datafiles in its local KV,
 * an address to open and a `curl` line to try it with. Ends with Ctrl-C.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { whereTyped } from '../src/cli/where-typed.ts'
import { QUIET } from '../src/cli/wrangler.ts'
import { endingOnce, endOnSignals, endWithNpm } from './ending.ts'
import { DEMO, instructions, MOUNT } from './instructions.ts'
import type { LocalWorker } from './local-worker.ts'
import { isFree, nextFree, portNumber } from './port.ts'
import { readSamples, seed } from './samples.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))

interface Options {
  readonly port: number
  readonly datafiles: string
  readonly persistTo: string
}

process.chdir(whereTyped(process.env))
await new Command('npm start --')
  .description('Runs the Worker on this machine, before a shop, with the sample datafiles.')
  .option('--port <number>', 'where to listen', portNumber, 8787)
  .option(
    '--datafiles <folder>',
    'what to seed the local KV with; the name of a file is its SDK key',
    join(HERE, '../datafiles'),
  )
  .option('--persist-to <folder>', 'where the local KV is kept', join(HERE, '.wrangler/state'))
  .addHelpText('after', `\nThe admin token of this Worker is ${DEMO.adminToken}.`)
  .action(start)
  .parseAsync()

async function start({ port, datafiles, persistTo }: Options): Promise<void> {
  const samples = await readSamples(datafiles)
  if (!samples.ok) return giveUp(...samples.error)
  if (!(await isFree(port))) {
    return giveUp(`Port ${port} is taken. Choose another: npm start -- --port ${(await nextFree(port)) ?? '<number>'}`)
  }
  const origin = `http://localhost:${port}`
  console.log(`Starting the Worker on ${origin} …`)
  const worker = await startWorker(port, persistTo)
  const end = endingOnce(() => worker.stop())
  try {
    await worker.ready
    endOnSignals(end)
    endWithNpm('start', end)
    const seeded = await seed({ url: new URL(MOUNT, origin), token: DEMO.adminToken }, samples.value)
    for (const line of seeded.ok ? seeded.value : seeded.error) console.log(line)
    if (!seeded.ok) return end(1)
    for (const line of await instructions(origin, samples.value)) console.log(line)
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause)
    end(1)
  }
}

/** Imported late, as they take a second; without telemetry, prompts, or a look-up of `request.cf`. */
async function startWorker(port: number, persistTo: string): Promise<LocalWorker> {
  Object.assign(process.env, QUIET)
  const [{ startLocalWorker }, { buildShop }] = await Promise.all([
    import('./local-worker.ts'),
    import('./shop/build.ts'),
  ])
  await buildShop()
  return startLocalWorker({ port, persistTo })
}

function giveUp(...lines: readonly string[]): void {
  for (const line of lines) console.error(line)
  process.exitCode = 1
}
