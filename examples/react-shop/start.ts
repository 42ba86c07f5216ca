/**
 * `npm run react-shop`: builds the shop of this folder, serves it, starts the Worker before it, and says where to look.
 * Ends with Ctrl-C.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { QUIET } from '../../src/cli/wrangler.ts'
import { endingOnce, endOnSignals, endWithNpm } from '../ending.ts'
import { DEMO, MOUNT } from '../instructions.ts'
import { isFree, nextFree, portNumber } from '../port.ts'
import { readSamples, seed } from '../samples.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const DATAFILE = 'examples/react-shop/datafiles/react-shop.json'

interface Options {
  readonly port: number
  readonly persistTo: string
}

await new Command('npm run react-shop --')
  .description('Runs the React shop on this machine, with the Worker before it.')
  .option('--port <number>', 'where to listen', portNumber, 8788)
  .option('--persist-to <folder>', 'where the local KV is kept', join(HERE, '.wrangler/state'))
  .action(start)
  .parseAsync()

async function start({ port, persistTo }: Options): Promise<void> {
  if (!(await isFree(port))) {
    const free = (await nextFree(port)) ?? '<number>'
    console.error(`Port ${port} is taken. Choose another: npm run react-shop -- --port ${free}`)
    process.exitCode = 1
    return
  }
  const origin = `http://localhost:${port}`
  console.log(`Building the shop, and starting the Worker on ${origin} …`)
  const { ready, stop } = await startBoth(origin, { port, persistTo })
  const end = endingOnce(stop)
  try {
    await ready
    endOnSignals(end)
    endWithNpm('react-shop', end)
    const failure = await seedDatafile(origin)
    for (const line of failure ?? instructions(origin)) console.log(line)
    if (failure !== null) end(1)
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause)
    end(1)
  }
}

/** The shop, and the Worker before it: without telemetry, prompts, or a look-up of `request.cf`. */
async function startBoth(origin: string, options: Options) {
  Object.assign(process.env, QUIET)
  // Imported late, as they take a second.
  const [{ startLocalWorker }, { buildReactShop }, { serveReactShop }] = await Promise.all([
    import('../local-worker.ts'),
    import('./build.ts'),
    import('./serve.ts'),
  ])
  const site = await serveReactShop({ folder: await buildReactShop(), turnout: () => `${origin}${MOUNT}` })
  const config = join(HERE, 'wrangler.toml')
  const worker = startLocalWorker({ ...options, config, variables: { ORIGIN: site.url } })
  return { ready: worker.ready, stop: () => Promise.all([worker.stop(), site.stop()]) }
}

/** `null`, or in so many lines why it could not be uploaded. */
async function seedDatafile(origin: string): Promise<readonly string[] | null> {
  const samples = await readSamples(join(HERE, 'datafiles'))
  if (!samples.ok) return samples.error
  const seeded = await seed({ url: new URL(MOUNT, origin), token: DEMO.adminToken }, samples.value)
  return seeded.ok ? null : seeded.error
}

function instructions(origin: string): readonly string[] {
  return [
    '',
    'The shop is ready, rendered in the browser and on a server:',
    '',
    `  ${origin}/`,
    `  ${origin}/rendered`,
    '',
    'Guests are in one variation or the other, Mila sees day, and Jonas dawn. To show the delivery note to everybody, change',
    `"entityId": "311" to "312" in ${DATAFILE}, and upload it:`,
    '',
    `  npm run push -- react-shop ${DATAFILE} --url ${origin}${MOUNT} --token ${DEMO.adminToken} --force`,
    '',
    'Ctrl-C ends it.',
  ]
}
