import { parseJson } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'
import { compile, type Issue, parseDatafile } from '../engine/index.ts'
import type { LoadedDatafile, Stamp } from './datafile-store.ts'

/** Why a stored text is not used, in words that quote nothing of it. */
export interface LoadFailure {
  readonly message: string
}

/** Parses and compiles the text of a datafile. Its revision is the file's own, whatever the metadata says. */
export function loadDatafile(
  text: string,
  { generation, sha256 }: Pick<Stamp, 'generation' | 'sha256'>,
  maxDatafileBytes: number,
): Result<LoadedDatafile, LoadFailure> {
  // Never more characters than bytes: what is refused here is too large, and nothing has been walked yet.
  if (text.length > maxDatafileBytes) return err({ message: `larger than ${maxDatafileBytes} bytes` })
  const json = parseJson(withoutByteOrderMark(text))
  if (!json.ok) return err({ message: 'not JSON' })
  const parsed = parseDatafile(json.value)
  if (!parsed.ok) return err({ message: describe(parsed.error) })
  const { datafile } = parsed.value
  const stamp = { generation, revision: datafile.revision, sha256 }
  return ok({ datafile, project: compile(datafile), stamp, textUnits: text.length })
}

function describe(issues: readonly Issue[]): string {
  const [first] = issues
  if (first === undefined) return 'not a datafile'
  return `not a datafile: ${issues.length} issues, the first ${first.code} at ${first.path.slice(0, 100) || 'the top'}`
}

function withoutByteOrderMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}
