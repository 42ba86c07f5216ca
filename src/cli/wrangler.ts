import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { homeFolder } from './home.ts'

/** Runs wrangler's command line without prompts or telemetry, and resolves to what it printed. Rejects with what it complained of. */
export async function runWrangler(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [wranglerPath(), ...args], {
    cwd: homeFolder(),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...QUIET },
  })
  const [stdout, stderr] = await Promise.all([child.stdout.toArray(), child.stderr.toArray(), once(child, 'close')])
  if (child.exitCode === 0) return textOf(stdout)
  throw new Error(firstComplaint(textOf(stderr) || textOf(stdout)))
}

/** For wrangler in this process too: no telemetry, no colours, and no look-up of `request.cf`. */
export const QUIET = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  NO_COLOR: '1',
} as const

/** Joined before they are decoded: a character may begin in one chunk and end in the next. */
function textOf(chunks: readonly Uint8Array[]): string {
  return Buffer.concat(chunks).toString('utf8')
}

function wranglerPath(): string {
  return join(dirname(createRequire(import.meta.url).resolve('wrangler/package.json')), 'bin/wrangler.js')
}

/** wrangler's own words, without its decoration and the hint at its log file. */
function firstComplaint(output: string): string {
  if (/non-interactive environment/.test(output)) return NOT_LOGGED_IN
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.replace(/^[\s✘▲]*\[(?:wrangler:)?(?:ERROR|error)\]\s*/, '').trim())
    .filter((line) => line !== '' && !/Logs were written|If you think this is a bug|--temporary/.test(line))
  return lines.slice(0, 8).join('\n').replace(/\.$/, '') || 'wrangler failed without a word'
}

const NOT_LOGGED_IN = 'wrangler is not logged in; run npx wrangler login, or set CLOUDFLARE_API_TOKEN'
