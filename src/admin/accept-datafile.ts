import { parseJson } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'
import { type Issue, LIMITS, parseDatafile, referenceWarnings } from '../engine/index.ts'
import { decodeUtf8 } from '../http/body.ts'
import { checkPages } from '../pages/plan/check-pages.ts'
import type { LoadedDatafile, Stamp } from '../store/datafile-store.ts'
import { loadedFrom } from '../store/load.ts'

/** A datafile that may be written: what would be served, and what is odd in it. */
export interface Acceptable {
  readonly text: string
  /** What is decided with once it is written, under the stamp of that write. */
  readonly loadedAs: (stamp: Pick<Stamp, 'generation' | 'sha256'>) => LoadedDatafile
  readonly revision: string
  readonly warnings: readonly Issue[]
}

/**
 * Does all that can refuse an upload: size, UTF-8, depth, JSON, the datafile's own types and limits, a revision
 * that KV cannot take beside it, compiling, and what it says of pages. A byte order mark is dropped. Every issue is
 * found, each with its path; those of pages once the rest is right.
 */
export function acceptDatafile(bytes: Uint8Array, maxBytes: number): Result<Acceptable, readonly Issue[]> {
  if (bytes.length > maxBytes) return refused('too_many', `at most ${maxBytes} bytes`, `${bytes.length} bytes`)
  const text = decodeUtf8(bytes)
  if (text === null) return refused('malformed_json', 'text in UTF-8', 'bytes that are not UTF-8')
  const json = parseJson(text, { maxDepth: LIMITS.depth })
  if (!json.ok) return refused(json.error.code, 'a datafile, which is a JSON object', json.error.message)
  const parsed = parseDatafile(json.value)
  if (!parsed.ok) return parsed
  const { datafile, warnings } = parsed.value
  const { revision } = datafile
  const revisionBytes = new TextEncoder().encode(JSON.stringify(revision)).length
  if (revisionBytes > MAX_REVISION_BYTES) return err([longRevision(revisionBytes)])
  const loaded = loadedFrom(datafile, text, UNWRITTEN)
  const pages = checkPages(loaded)
  if (!pages.ok) return pages
  return ok({
    text,
    loadedAs: (stamp) => ({ ...loaded, stamp: { ...stamp, revision } }),
    revision,
    warnings: [...warnings, ...referenceWarnings(datafile), ...pages.value],
  })
}

/** Its stamp is known once it is written. */
const UNWRITTEN = { generation: 0, sha256: '' }

/** The revision is part of KV's metadata, which takes 1,024 bytes of JSON. */
const MAX_REVISION_BYTES = 512

function longRevision(bytes: number): Issue {
  const expected = `at most ${MAX_REVISION_BYTES} bytes of JSON`
  return { code: 'too_many', path: 'revision', expected, found: `${bytes} bytes` }
}

function refused(code: Issue['code'], expected: string, found: string): Result<never, readonly Issue[]> {
  return err([{ code, path: '', expected, found }])
}
