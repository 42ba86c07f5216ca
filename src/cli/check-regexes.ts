import { isJsonObject, type JsonValue } from '../base/json.ts'
import type { Issue } from '../engine/index.ts'
import { isNotInstalled } from './not-installed.ts'

/** A regular expression of a datafile, and where it stands: `pages[0].conditions[1].value`. */
export interface PlacedRegex {
  readonly path: string
  readonly source: string
}

/** The regular expressions in the `pages` of a datafile, whatever else is wrong there. */
export function regexesOf(pages: JsonValue | undefined): readonly PlacedRegex[] {
  if (!Array.isArray(pages)) return []
  return pages.flatMap((page, index) =>
    isJsonObject(page) ? regexesIn(page.conditions, `pages[${index}].conditions`) : [],
  )
}

function regexesIn(conditions: JsonValue | undefined, path: string): readonly PlacedRegex[] {
  if (Array.isArray(conditions)) {
    return conditions.flatMap((condition, index) => regexesIn(condition, `${path}[${index}]`))
  }
  if (!isJsonObject(conditions) || conditions.match !== 'regex' || typeof conditions.value !== 'string') return []
  return [{ path: `${path}.value`, source: conditions.value }]
}

/**
 * Asks a checker that knows all of regular expressions for a second opinion: those that could take a time which doubles
 * with every character are reported. A time that grows with a power of the length is not, because that is only so for
 * JavaScript's matcher: the Worker's takes one step after the other. `null` where that checker is not installed, which
 * for an app it need not be: it is of 60 MB.
 */
export async function checkRegexes(regexes: readonly PlacedRegex[]): Promise<readonly Issue[] | null> {
  if (regexes.length === 0) return []
  const recheck = await loadRecheck()
  if (recheck === null) return null
  const issues: Issue[] = []
  for (const { path, source } of regexes) {
    const opinion = await recheck.check(source, 'i', { timeout: TIMEOUT_MS })
    if (opinion.status !== 'vulnerable' || opinion.complexity.type !== 'exponential') continue
    const expected = `a regular expression that cannot take long, as this does on ${opinion.attack.pattern.slice(0, 200)}`
    issues.push({ code: 'malformed_value', path, expected, found: JSON.stringify(source) })
  }
  return issues
}

async function loadRecheck(): Promise<typeof import('recheck') | null> {
  try {
    return await import('recheck')
  } catch (cause) {
    if (isNotInstalled(cause)) return null
    throw cause
  }
}

/** What cannot be told by then is not reported. */
const TIMEOUT_MS = 5_000
