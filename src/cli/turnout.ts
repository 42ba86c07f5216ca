#!/usr/bin/env node
/** The command `turnout`: what an operator does with datafiles outside the Worker. */
import { resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { parseSdkKey } from '../store/sdk-key.ts'
import { EXIT, type Outcome } from './exit.ts'
import { IS_REPOSITORY } from './home.ts'
import { type PushOptions, push } from './push.ts'
import { types } from './types.ts'
import { validate } from './validate.ts'
import { whereTyped } from './where-typed.ts'

const EXIT_CODES = `
Exit codes: 0 done; 1 the datafile is not valid, or was refused; 2 the command could not be carried out.`

const PUSH = IS_REPOSITORY ? 'npm run push --' : 'npx turnout push'
const LOCAL = IS_REPOSITORY ? '`npm start`, and into that of `wrangler dev`' : '`wrangler dev`'

const PUSH_EXAMPLES = `
Where it goes:
  --url, --token     through a running Worker, which serves it at once (token also from TURNOUT_TOKEN or ADMIN_TOKEN)
  --remote           straight into the deployed KV namespace of wrangler.toml, with wrangler's login
  --local, nothing   straight into the local KV of ${LOCAL}

Examples:
  ${PUSH} shop datafiles/demo.json
  ${PUSH} shop datafiles/demo.json --url http://localhost:8787/_turnout --token demo
  ${PUSH} shop datafiles/demo.json --remote
  ${PUSH} shop yesterday.json --remote --force
${EXIT_CODES}`

const TYPES_EXAMPLES = `
The file belongs into what tsconfig.json includes, and is made again whenever flags change.

Examples:
  npx turnout types datafile.json > src/flags.d.ts
  curl https://flags.example.com/v1/datafile -H 'X-Optimizely-SDK-Key: shop' | npx turnout types - > src/flags.d.ts
${EXIT_CODES}`

const program = new Command('turnout')
  .description('Checks datafiles, puts them where the Worker finds them, and types the flags of an app.')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.failed))

program
  .command('validate')
  .description('say whether the Worker would accept datafiles, with every issue and its line')
  .argument('<files...>', 'the datafiles; - is what is piped in')
  .addHelpText('after', EXIT_CODES)
  .action(async (files: readonly string[]) => {
    for (const file of files) end(await validate(file))
  })

program
  .command('push')
  .description('check a datafile, and give it to the Worker')
  .argument('<sdkKey>', 'the SDK key that it answers to', sdkKeyArgument)
  .argument('<file>', 'the datafile; - is what is piped in')
  .option('--url <address>', 'a running Worker (default with --token: http://localhost:8787)', urlArgument)
  .option('--token <token>', "the Worker's ADMIN_TOKEN")
  .option('--force', 'also over a newer revision: roll back')
  .addOption(new Option('--local', 'into the local KV (the default)').conflicts(['remote', 'url', 'token']))
  .addOption(new Option('--remote', 'into the deployed KV namespace').conflicts(['url', 'token']))
  .option('--config <file>', 'another wrangler.toml that binds DATAFILES', (file) => resolve(file))
  .addHelpText('after', PUSH_EXAMPLES)
  .action(async (sdkKey: string, file: string, options: PushOptions) =>
    end(await push(sdkKey, file, options, process.env)),
  )

program
  .command('types')
  .description("print the declarations that make an app's flags, variables and variations known to TypeScript")
  .argument('<file>', 'the datafile; - is what is piped in')
  .addHelpText('after', TYPES_EXAMPLES)
  .action(async (file: string) => end(await types(file)))

if (IS_REPOSITORY) process.chdir(whereTyped(process.env))
await program.parseAsync()

/** Of several outcomes the worst is the exit code. */
function end({ exitCode, stdout, stderr }: Outcome): void {
  for (const line of stderr) console.error(line)
  for (const line of stdout) console.log(line)
  process.exitCode = Math.max(Number(process.exitCode ?? EXIT.done), exitCode)
}

/** As on the wire: docs/api.md. */
function sdkKeyArgument(value: string): string {
  if (parseSdkKey(value) !== null) return value
  throw new InvalidArgumentError('An SDK key is 1 to 64 of A-Z a-z 0-9 + / = _ -.')
}

function urlArgument(value: string): string {
  if (URL.canParse(value) && /^https?:/.test(value)) return value
  throw new InvalidArgumentError('It is an address like https://flags.example.com.')
}
