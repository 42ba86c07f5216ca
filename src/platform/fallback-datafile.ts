import { err, ok, type Result } from '../base/result.ts'
import { compile, parseDatafile } from '../engine/index.ts'
import type { LoadedDatafile } from '../store/datafile-store.ts'
import { parseSdkKey } from '../store/sdk-key.ts'
import type { ConfigIssue } from './read-env.ts'

/** A datafile that came with the deploy, and the SDK key that it stands in for. */
export interface FallbackDatafile {
  readonly sdkKey: string
  readonly loaded: LoadedDatafile
}

const NAME = '#fallback-datafile'
/** Older than every write, so that whatever is in KV takes its place. */
const BEFORE_EVERY_WRITE = -1

/**
 * The datafile that `#fallback-datafile` leads to (an `[alias]` in wrangler.toml), or `null` where it leads to none. It
 * is for its own `sdkKey`, or for the configured one where it has none.
 */
export function parseFallback(
  value: unknown,
  configuredKey: string | null,
): Result<FallbackDatafile | null, ConfigIssue> {
  if (value === null || value === undefined) return ok(null)
  const parsed = parseDatafile(value)
  if (!parsed.ok) {
    const [first] = parsed.error
    return refused('a datafile', first === undefined ? 'something else' : `${first.path}: ${first.found}`)
  }
  const { datafile } = parsed.value
  const sdkKey = parseSdkKey(datafile.sdkKey ?? configuredKey ?? '')
  if (sdkKey === null) return refused('a datafile with an sdkKey, or SDK_KEY to be set', 'neither')
  const stamp = { generation: BEFORE_EVERY_WRITE, revision: datafile.revision, sha256: '' }
  return ok({ sdkKey, loaded: { datafile, project: compile(datafile), stamp, textUnits: 0 } })
}

function refused(expected: string, found: string): Result<never, ConfigIssue> {
  return err({ name: NAME, expected, found })
}
