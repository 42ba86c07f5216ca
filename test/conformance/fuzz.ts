/**
 * `npm run fuzz`: compares the engine with the SDK on generated datafiles and users for as long as one likes.
 * Ends with 0 when there was no difference, and with 1 at the first one, which it prints in its smallest form.
 */
import { Command, InvalidArgumentError } from 'commander'
import { compareGenerated, DAMAGED, describeFailure, VALID } from './property.ts'
import { count, emptyTally, type Tally } from './tally.ts'

interface Options {
  readonly minutes: number
  readonly seed?: number
}

/** Enough that progress is seen, and few enough that Ctrl-C does not wait long. */
const DATAFILES_PER_BATCH = 400

await new Command('npm run fuzz --')
  .description('Compares the engine with the Optimizely SDK on generated datafiles and users.')
  .option('--minutes <number>', 'for how long', positiveNumber, 1)
  .option('--seed <number>', 'where to begin; each batch takes the next seed (default: random)', seedNumber)
  .action(fuzz)
  .parseAsync()

async function fuzz({ minutes, seed = Math.trunc(Math.random() * 2 ** 31) }: Options): Promise<void> {
  const started = Date.now()
  const ends = started + minutes * 60_000
  const tally = emptyTally()
  let isStopped = false
  process.once('SIGINT', () => {
    isStopped = true
  })
  for (let next = seed; Date.now() < ends && !isStopped; next++) {
    const batch = { seed: next, datafiles: DATAFILES_PER_BATCH }
    // One batch in four is of damaged datafiles.
    const kind = next % 4 === 0 ? DAMAGED : VALID
    const { failure } = compareGenerated(kind, batch, (agreement) => count(tally, agreement))
    if (failure !== null) {
      console.error(`\n${describeFailure(failure)}\nAgain: npm run fuzz -- --seed ${next} --minutes 1`)
      process.exitCode = 1
      return
    }
    process.stderr.write(`\r${summary(tally, started)}, seed ${next}`)
    // Lets a Ctrl-C be heard.
    await new Promise((resolve) => setImmediate(resolve))
  }
  console.error(`\n${summary(tally, started)}: no difference.`)
}

function summary({ decisions, refused, threw }: Tally, started: number): string {
  const seconds = Math.max(1, (Date.now() - started) / 1000)
  const rate = Math.round(decisions / seconds).toLocaleString('en-US')
  const compared = decisions.toLocaleString('en-US')
  return `${compared} decisions compared (${rate} a second), ${threw} calls at which the SDK throws, ${refused} datafiles that both refuse`
}

function positiveNumber(value: string): number {
  const number = Number(value)
  if (Number.isFinite(number) && number > 0) return number
  throw new InvalidArgumentError('It is a number above 0.')
}

function seedNumber(value: string): number {
  const number = Number(value)
  if (Number.isInteger(number)) return number
  throw new InvalidArgumentError('It is a whole number.')
}
