import { parseJson } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'
import { compile, type Datafile, type Issue, parseDatafile } from '../engine/index.ts'
import type { LoadedDatafile, Stamp } from './datafile-store.ts'

/** Why a stored text is not used, in words that quote nothing of it. */
export interface LoadFailure {
  readonly message: string
}

/** Parses and compiles the text of a datafile. Its revision is the file's own, whatever the metadata says. */
export function loadDatafile(
  text: string,
  stamp: Pick<Stamp, 'generation' | 'sha256'>,
  maxDatafileBytes: number,
): Result<LoadedDatafile, LoadFailure> {
  // Never more characters than bytes: what is refused here is too large, and nothing has been walked yet.
  if (text.length > maxDatafileBytes) return err({ message: `larger than ${maxDatafileBytes} bytes` })
  // A byte order mark is no part of JSON.
  const json = parseJson(text.replace(/^\ufeff/, ''))
  if (!json.ok) return err({ message: 'not JSON' })
  const parsed = parseDatafile(json.value)
  if (!parsed.ok) return err({ message: describe(parsed.error) })
  return ok(loadedFrom(parsed.value.datafile, text, stamp))
}

/** A datafile that has been parsed from a text, as it is kept in memory. */
export function loadedFrom(
  datafile: Datafile,
  { length }: string,
  { generation, sha256 }: Pick<Stamp, 'generation' | 'sha256'>,
): LoadedDatafile {
  const stamp = { generation, revision: datafile.revision, sha256 }
  return { datafile, project: compile(datafile), stamp, textUnits: length }
}

function describe(issues: readonly Issue[]): string {
  const [first] = issues
  return `not a datafile: ${issues.length} issues, the first ${first?.code} at ${first?.path.slice(0, 100) || 'the top'}`
}
