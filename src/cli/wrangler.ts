import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

/** The repository, which is where wrangler is installed and wrangler.toml lies. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Runs wrangler's command line without prompts or telemetry, and resolves to what it printed. Rejects with what it complained of. */
export async function runWrangler(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [wranglerPath(), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...QUIET },
  })
  const [stdout, stderr] = await Promise.all([child.stdout.toArray(), child.stderr.toArray(), once(child, 'close')])
  if (child.exitCode === 0) return stdout.join('')
  throw new Error(firstComplaint(stderr.join('') || stdout.join('')))
}

/** For wrangler in this process too: no telemetry, no colours, and no look-up of `request.cf`. */
export const QUIET = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  NO_COLOR: '1',
} as const

function wranglerPath(): string {
  return join(dirname(createRequire(import.meta.url).resolve('wrangler/package.json')), 'bin/wrangler.js')
}

/** wrangler's own words, without its decoration and the hint at its log file. */
function firstComplaint(output: string): string {
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.replace(/^[\s✘▲]*\[(?:wrangler:)?(?:ERROR|error)\]\s*/, '').trim())
    .filter((line) => line !== '' && !/Logs were written|If you think this is a bug|--temporary/.test(line))
  return lines.slice(0, 8).join('\n') || 'wrangler failed without a word'
}
