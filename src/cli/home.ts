/** Where a command finds what belongs to its project: `wrangler.toml` and what lies beside it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Whether this is the repository's own command, and not the packaged one: packages hold no TypeScript. */
export const IS_REPOSITORY = import.meta.url.endsWith('.ts')

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

/** The repository, wherever its commands were typed; for the packaged command, the folder where it was typed. */
export function homeFolder(): string {
  return IS_REPOSITORY ? REPOSITORY : process.cwd()
}

/** As wrangler looks for them. */
const CONFIG_NAMES = ['wrangler.json', 'wrangler.jsonc', 'wrangler.toml']

/** The configuration of wrangler that is meant where none is named. */
export function usualConfig(): string {
  return CONFIG_NAMES.find((name) => existsSync(join(homeFolder(), name))) ?? 'wrangler.toml'
}
