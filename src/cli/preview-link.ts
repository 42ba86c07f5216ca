#!/usr/bin/env node
/** The command `preview-link`: an address under which its holder sees a variation before it is live. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { Command, InvalidArgumentError } from 'commander'
import { parseForce } from '../pages/proxy/preview.ts'
import { EXIT } from './exit.ts'
import { homeFolder } from './home.ts'
import { makePreviewLink, parseDuration, parsePageUrl } from './make-preview-link.ts'

const EXAMPLES = `
The secret is the PREVIEW_SECRET of the Worker: from --secret, the environment, or .dev.vars, in this order.

Examples:
  npm run preview-link -- --url https://shop.example/ --force hero:bold
  npm run preview-link -- --url https://shop.example/ --force hero:bold --force price:low --expires 7d
  npm run preview-link -- --url http://localhost:8787/ --debug

Exit codes: 0 done; 2 there is no link.`

interface Options {
  readonly url: URL
  readonly force: readonly string[]
  readonly debug?: boolean
  readonly expires: number
  readonly secret?: string
}

new Command('preview-link')
  .description(
    'Makes an address under which its holder sees chosen variations, or the plan of a page. Nothing is counted.',
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.failed))
  .requiredOption('--url <address>', 'the page, as visitors have it', urlArgument)
  .option('--force <experiment:variation>', 'keys, with %3A for a colon inside one; may be repeated', forceArgument, [])
  .option('--debug', 'show the plan, and the reasons for it, as JSON in the page')
  .option('--expires <time>', 'such as 30m, 1h or 7d; at most 30d', expiresArgument, parseDuration('1h') ?? 0)
  .option('--secret <secret>', "the Worker's PREVIEW_SECRET")
  .addHelpText('after', EXAMPLES)
  .action(run)
  .parse()

async function run(options: Options): Promise<void> {
  const { exitCode, stdout, stderr } = await makePreviewLink(
    { url: options.url, forces: options.force, isDebug: options.debug === true, lifetimeSeconds: options.expires },
    options.secret ?? process.env.PREVIEW_SECRET ?? devSecret(),
    Date.now(),
  )
  for (const line of stderr) console.error(line)
  for (const line of stdout) console.log(line)
  process.exitCode = exitCode
}

/** The secret of `npm start` and `wrangler dev`. */
function devSecret(): string | undefined {
  try {
    return parseEnv(readFileSync(join(homeFolder(), '.dev.vars'), 'utf8')).PREVIEW_SECRET
  } catch {
    return undefined
  }
}

function urlArgument(value: string): URL {
  return parsePageUrl(value) ?? refuse('It is the address of a page, like https://shop.example/.')
}

function forceArgument(value: string, earlier: readonly string[]): readonly string[] {
  return parseForce(value) === null
    ? refuse('It is the key of an experiment and that of a variation, like hero:bold.')
    : [...earlier, value]
}

function expiresArgument(value: string): number {
  return parseDuration(value) ?? refuse('It is a number and s, m, h or d, and at most 30d.')
}

function refuse(message: string): never {
  throw new InvalidArgumentError(message)
}
