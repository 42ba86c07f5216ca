import type { JsonObject, JsonValue } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import {
  type Datafile,
  type ExperimentEntry,
  emptyReport,
  experimentLists,
  type Issue,
  listedErrors,
  listedWarnings,
  type Report,
  readIds,
  readOptionalBoolean,
  readOptionalList,
  readText,
  reportError,
  reportWarning,
  type Variation,
} from '../../engine/index.ts'
import { PAGE_LIMITS } from './limits.ts'
import type { ActionEntry, Change, PageEntry, PageRuleEntry, ParsedPages } from './page-fields.ts'
import { readChange } from './read-change.ts'
import { refuseMoreThan } from './read-field.ts'
import { readUrlConditions } from './url-condition.ts'

/** What reading one datafile's page fields adds up to. */
interface Reading {
  readonly pageIds: ReadonlySet<string>
  readonly rules: Map<string, PageRuleEntry>
  readonly actions: Map<Variation, readonly ActionEntry[]>
  readonly counts: { changes: number; pageIds: number }
}

/**
 * Establishes that what a datafile says of pages can be carried out. Every issue is found, each with its path in the
 * datafile. Types that are not as described, texts that could break the page they are put into, PAGE_LIMITS and
 * duplicate page ids are errors; unknown types of changes (skipped) and ids that lead nowhere are warnings.
 */
export function parsePages(
  datafile: Datafile,
): Result<{ readonly pages: ParsedPages; readonly warnings: readonly Issue[] }, readonly Issue[]> {
  const report = emptyReport()
  const flagKeys = new Set(datafile.featureFlags.map(({ key }) => key))
  const pages = readOptionalList(report, datafile, 'pages', (_, page) => readPage(report, page, flagKeys))
  refuseMoreThan(report, { count: pages.length, most: PAGE_LIMITS.pages, what: 'pages' })
  checkIds(report, pages)
  const reading: Reading = {
    pageIds: new Set(pages.map(({ id }) => id)),
    rules: new Map(),
    actions: new Map(),
    counts: { changes: 0, pageIds: 0 },
  }
  readRules(report, reading, datafile)
  refuseMoreThan(report, { count: reading.counts.changes, most: PAGE_LIMITS.changes, what: 'changes' })
  refuseMoreThan(report, { count: reading.counts.pageIds, most: PAGE_LIMITS.pageIds, what: 'ids in pageIds' })
  if (report.errors.length > 0) return err(listedErrors(report))
  const { rules, actions } = reading
  return ok({ pages: { pages, rules, actions }, warnings: listedWarnings(report) })
}

function readPage(report: Report, object: JsonObject, flagKeys: ReadonlySet<string>): PageEntry {
  const id = readText(report, object, 'id')
  const key = readText(report, object, 'key')
  report.path.push('conditions')
  const conditions = readUrlConditions(report, object.conditions)
  report.path.pop()
  return {
    id,
    key,
    conditions,
    hydrates: readOptionalBoolean(report, object, 'hydrates') ?? true,
    clientNavigation: readOptionalBoolean(report, object, 'clientNavigation') ?? false,
    handoff: readHandoff(report, object.handoff, flagKeys),
  }
}

/** `true`: all flags, `false`: none, whatever the site's own switch says. */
function readHandoff(
  report: Report,
  value: JsonValue | undefined,
  flagKeys: ReadonlySet<string>,
): PageEntry['handoff'] {
  const key = 'handoff'
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return value ? 'all' : []
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    reportError(report, { code: 'wrong_type', expected: 'true, false or an array of flag keys', found: value, key })
    return null
  }
  for (const found of value) {
    if (!flagKeys.has(found)) reportWarning(report, { code: 'dangling_id', expected: 'the key of a flag', found, key })
  }
  return value
}

function checkIds(report: Report, pages: readonly PageEntry[]): void {
  const ids = new Set<string>()
  const keys = new Set<string>()
  for (const [index, { id, key }] of pages.entries()) {
    report.path.push('pages', index)
    if (ids.has(id)) reportError(report, { code: 'duplicate_id', expected: 'an id of its own', found: id, key: 'id' })
    if (keys.has(key)) {
      reportWarning(report, { code: 'duplicate_key', expected: 'a key of its own', found: key, key: 'key' })
    }
    report.path.length = 0
    ids.add(id)
    keys.add(key)
  }
}

function readRules(report: Report, reading: Reading, datafile: Datafile): void {
  for (const [path, experiments] of experimentLists(datafile)) {
    const isDelivery = path[0] === 'rollouts'
    for (const [index, experiment] of experiments.entries()) {
      report.path.push(...path, index)
      const pageIds = readPageIds(report, reading, experiment)
      const acts = readVariations(report, reading, experiment, pageIds)
      if (acts || pageIds !== null) reading.rules.set(experiment.id, { isDelivery, pageIds })
      report.path.length = 0
    }
  }
}

function readPageIds(report: Report, reading: Reading, experiment: ExperimentEntry): readonly string[] | null {
  if (experiment.pageIds === undefined || experiment.pageIds === null) return null
  const ids = readIds(report, experiment, 'pageIds')
  reading.counts.pageIds += ids.length
  for (const id of ids) warnOfUnknownPage(report, id, { known: reading.pageIds, key: 'pageIds' })
  return ids
}

/** Says whether any variation does something. */
function readVariations(
  report: Report,
  reading: Reading,
  { variations }: ExperimentEntry,
  pageIds: readonly string[] | null,
): boolean {
  const known = pageIds === null ? reading.pageIds : new Set(pageIds)
  let acts = false
  for (const [index, variation] of variations.entries()) {
    if (variation.actions === undefined) continue
    report.path.push('variations', index)
    const place = { known, earlier: new Set<string>() }
    const actions = readOptionalList(report, variation, 'actions', (_, action) =>
      readAction(report, reading, action, place),
    )
    report.path.length -= 2
    reading.actions.set(variation, actions)
    acts ||= actions.length > 0
  }
  return acts
}

/** What the actions of one variation may name. */
interface Known {
  /** Ids of pages. */
  readonly known: ReadonlySet<string>
  /** Ids of the changes that were read before. */
  readonly earlier: Set<string>
}

function readAction(report: Report, { counts }: Reading, object: JsonObject, { known, earlier }: Known): ActionEntry {
  const pageId = readText(report, object, 'pageId')
  warnOfUnknownPage(report, pageId, { known, key: 'pageId' })
  const changes: Change[] = []
  readOptionalList(report, object, 'changes', (_, entry) => {
    counts.changes++
    const change = readChange(report, entry)
    if (change === null) return
    changes.push({ ...change, dependencies: earlierOnes(report, change.dependencies, earlier) })
    if (change.id !== null) earlier.add(change.id)
  })
  return { pageId, changes }
}

/** Changes are made in their order, so that one which depends on a later one would wait for ever. */
function earlierOnes(report: Report, ids: readonly string[], earlier: ReadonlySet<string>): readonly string[] {
  return ids.filter((found) => {
    if (earlier.has(found)) return true
    const expected = 'the id of an earlier change of the variation'
    reportWarning(report, { code: 'dangling_id', expected, found, key: 'dependencies' })
    return false
  })
}

function warnOfUnknownPage(
  report: Report,
  found: string,
  { known, key }: { readonly known: ReadonlySet<string>; readonly key: string },
): void {
  if (known.has(found)) return
  const expected = key === 'pageId' ? 'the id of a page that the experiment is about' : 'the id of a page'
  reportWarning(report, { code: 'dangling_id', expected, found, key })
}
