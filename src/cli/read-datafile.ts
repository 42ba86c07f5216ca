import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { type JsonFailure, parseJson } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'
import {
  compile,
  type Datafile,
  type Issue,
  LIMITS,
  type Project,
  parseDatafile,
  referenceWarnings,
} from '../engine/index.ts'
import { checkPages } from '../pages/plan/check-pages.ts'
import { codeWarnings } from './check-code.ts'
import { checkRegexes, regexesOf } from './check-regexes.ts'
import { EXIT, failure, type Outcome } from './exit.ts'
import { locateSyntaxError, locator, type Position } from './locate.ts'

/** A datafile that the Worker would accept. */
export interface CheckedDatafile {
  /** The file as it was named, for messages. */
  readonly name: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly datafile: Datafile
  readonly project: Project
  /** One line each, as a compiler writes them: `file:line:column: warning: …`. */
  readonly warnings: readonly string[]
}

/**
 * Reads, parses and compiles a file as the Worker does with an upload, and looks at code and regular expressions as only
 * a computer with time can. Every issue is told, with its line. `-` is what is piped in.
 */
export async function readDatafile(source: string): Promise<Result<CheckedDatafile, Outcome>> {
  const file = source === STDIN ? 'stdin' : source
  const read = await readText(source, file)
  if (!read.ok) return read
  const { text, bytes } = read.value
  const json = parseJson(text, { maxDepth: LIMITS.depth })
  if (!json.ok) return err(failure(EXIT.refused, describeJsonFailure(file, text, json.error)))
  const listing = { file, text }
  const parsed = parseDatafile(json.value)
  if (!parsed.ok) return err(refusal(listing, parsed.error))
  const { datafile, warnings } = parsed.value
  const project = compile(datafile)
  const pages = checkPages({ datafile, project })
  if (!pages.ok) return err(refusal(listing, pages.error))
  const slow = await checkRegexes(regexesOf(datafile.pages))
  if (slow !== null && slow.length > 0) return err(refusal(listing, slow))
  const odd = [...warnings, ...referenceWarnings(datafile), ...pages.value, ...codeWarnings(datafile)]
  const unchecked = slow === null ? [`${file}: warning: ${NO_RECHECK}`] : []
  return ok({
    name: file,
    bytes,
    datafile,
    project,
    warnings: [...describeIssues({ ...listing, severity: 'warning' }, odd), ...unchecked],
  })
}

const NO_RECHECK =
  'the regular expressions of pages were checked as the Worker does, without a second opinion: npm install --save-dev recheck'

function refusal({ file, text }: Omit<Listing, 'severity'>, issues: readonly Issue[]): Outcome {
  const count = `${file} is not a valid datafile: ${counted(issues.length, 'issue')}.`
  return failure(EXIT.refused, ...describeIssues({ file, text, severity: 'error' }, issues), count)
}

/** `revision 42, 3 flags, 5 experiments, 2 audiences, 12,345 bytes` */
export function describeCounts({ project: { revision, counts }, bytes }: CheckedDatafile): string {
  return [
    `revision ${revision}`,
    counted(counts.flags, 'flag'),
    counted(counts.experiments, 'experiment'),
    counted(counts.audiences, 'audience'),
    counted(bytes.length, 'byte'),
  ].join(', ')
}

/** `1 warning`, `2 warnings` */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`
}

const STDIN = '-'

async function readText(
  source: string,
  file: string,
): Promise<Result<{ text: string; bytes: Uint8Array<ArrayBuffer> }, Outcome>> {
  try {
    const content = await (source === STDIN ? buffer(process.stdin) : readFile(source))
    return ok({ text: new TextDecoder('utf-8', { fatal: true }).decode(content), bytes: content })
  } catch (cause) {
    if (cause instanceof TypeError) return err(failure(EXIT.refused, `${file} is not UTF-8 text.`))
    return err(failure(EXIT.failed, `Cannot read ${file}: ${describeFileError(cause)}`))
  }
}

function describeFileError(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  switch (code) {
    case 'ENOENT':
      return 'there is no such file.'
    case 'EISDIR':
      return 'it is a folder.'
    case 'EACCES':
      return 'permission denied.'
    default:
      return cause instanceof Error ? cause.message : String(cause)
  }
}

function describeJsonFailure(file: string, text: string, { code, message }: JsonFailure): string {
  if (code === 'too_deep') return `${file}: error: ${message}.`
  const position = locateSyntaxError(text, message)
  const detail = message.replace(/ in JSON at position .*$|, (?:\.\.\.)?".*$/s, '')
  return `${position === null ? file : placeIn(file, position)}: error: not JSON: ${detail}`
}

interface Listing {
  readonly file: string
  readonly text: string
  readonly severity: 'error' | 'warning'
}

function describeIssues({ file, text, severity }: Listing, issues: readonly Issue[]): readonly string[] {
  if (issues.length === 0) return []
  const locate = locator(text)
  return issues.map(({ path, expected, found }) => {
    const where = path === '' ? '' : `${path}: `
    return `${placeIn(file, locate(path))}: ${severity}: ${where}expected ${expected}, found ${found}`
  })
}

function placeIn(file: string, { line, column }: Position): string {
  return `${file}:${line}:${column}`
}
