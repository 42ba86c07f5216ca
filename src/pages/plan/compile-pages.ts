import { madeOnce } from '../../base/made-once.ts'
import { ok, type Result } from '../../base/result.ts'
import type { Datafile, Flag, Issue, Project, Rule } from '../../engine/index.ts'
import { compileActions, countIds, type IdCounts } from './compile-edits.ts'
import { compileUrlTest } from './match-url.ts'
import type { ActionEntry, PageRuleEntry, ParsedPages, Redirect } from './page-fields.ts'
import type { CompiledPage, PageAction, PageProject, PageRule } from './page-project.ts'
import { parsePages } from './parse-pages.ts'
import { triggersOf } from './triggers.ts'

/** A datafile and the project that it was compiled to. */
export interface Loaded {
  readonly datafile: Datafile
  readonly project: Project
}

/** Combinations kept: more can only come up where many experiments are about one page, and are made again each time. */
const MOST_CONTENTS = 500

const compiled = new WeakMap<Datafile, Result<PageProject, readonly Issue[]>>()

/** The compiled page fields of a datafile, made when a page is first asked for; or why it has none that can be used. */
export function pageProjectOf({ datafile, project }: Loaded): Result<PageProject, readonly Issue[]> {
  const known = compiled.get(datafile)
  if (known !== undefined) return known
  const parsed = parsePages(datafile)
  const made = parsed.ok ? ok(compilePages(parsed.value.pages, project)) : parsed
  compiled.set(datafile, made)
  return made
}

/** Compiles the page fields of the datafile that `project` was compiled from, once, into what planning a page needs. */
export function compilePages(parsed: ParsedPages, project: Project): PageProject {
  const rulesOfPages = new Map<string, PageRule[]>()
  const pages = new Map<string, CompiledPage>()
  for (const { id, key, conditions, ...fields } of parsed.pages) {
    const rules: PageRule[] = []
    rulesOfPages.set(id, rules)
    pages.set(id, { id, key, matches: compileUrlTest(conditions), ...fields, rules })
  }
  const sources: Sources = {
    parsed,
    pages,
    flags: flagsByRule(project),
    ids: countIds(parsed.actions.values()),
    next: 0,
  }
  const rules = new Map<string, PageRule>()
  for (const rule of project.experimentsById.values()) {
    const entry = parsed.rules.get(rule.id) ?? adopted(rule, parsed)
    if (entry === null) continue
    const compiledRule = compileRule(rule, entry, sources)
    // A delivery rule of no flag is never reached.
    if (entry.isDelivery && compiledRule.flags.length === 0) continue
    for (const pageId of pagesOf(entry, compiledRule)) {
      if (rulesOfPages.get(pageId)?.push(compiledRule)) rules.set(rule.id, compiledRule)
    }
  }
  const compiledPages = [...pages.values()]
  return {
    project,
    pages: compiledPages,
    rules,
    redirecting: compiledPages.flatMap(redirecting),
    contents: madeOnce(MOST_CONTENTS),
  }
}

/** A Feature Rollout says nothing of pages, but is given a variation of its flag's delivery, which may. */
function adopted({ variations }: Rule, { actions }: ParsedPages): PageRuleEntry | null {
  return variations.some((variation) => actions.get(variation)?.length) ? { isDelivery: false, pageIds: null } : null
}

function redirecting(page: CompiledPage): PageProject['redirecting'] {
  const rules = page.rules.filter(({ redirects }) => redirects.has(page.id))
  return rules.length === 0 ? [] : [{ page, rules }]
}

/** What compiling one rule needs of the others. */
interface Sources {
  readonly parsed: ParsedPages
  readonly pages: ReadonlyMap<string, CompiledPage>
  /** By rule id. */
  readonly flags: ReadonlyMap<string, readonly Flag[]>
  readonly ids: IdCounts
  /** Counts rules and actions. */
  next: number
}

function flagsByRule({ flags }: Project): ReadonlyMap<string, readonly Flag[]> {
  const byRule = new Map<string, Flag[]>()
  for (const flag of flags.values()) {
    for (const { id } of rulesOfFlag(flag)) {
      const flagsOfRule = byRule.get(id)
      if (flagsOfRule === undefined) byRule.set(id, [flag])
      else flagsOfRule.push(flag)
    }
  }
  return byRule
}

function rulesOfFlag({ experiments, rollout }: Flag): ReadonlySet<Rule> {
  return new Set([...(experiments ?? []), ...(rollout.kind === 'rules' ? rollout.rules : [])])
}

function compileRule(rule: Rule, { isDelivery, pageIds }: PageRuleEntry, sources: Sources): PageRule {
  const isAbout = pageIds === null ? null : new Set(pageIds)
  const index = sources.next++
  const actions = new Map<string, readonly PageAction[]>()
  const redirects = new Map<string, Redirect[]>()
  for (const variation of rule.variations) {
    const entries = (sources.parsed.actions.get(variation) ?? []).filter(({ pageId }) => isAbout?.has(pageId) ?? true)
    const made = compileVariation(entries, { ruleId: rule.id, variationId: variation.id }, sources)
    actions.set(variation.id, made)
    for (const { page, redirect } of made) {
      if (redirect !== null) redirects.set(page.id, [...(redirects.get(page.id) ?? []), redirect])
    }
  }
  const triggers = triggersOf([...actions.values()], redirects)
  return { index, rule, isDelivery, flags: sources.flags.get(rule.id) ?? [], actions, redirects, triggers }
}

function compileVariation(
  entries: readonly ActionEntry[],
  names: { readonly ruleId: string; readonly variationId: string },
  sources: Sources,
): readonly PageAction[] {
  const made: PageAction[] = []
  for (const [index, changes] of compileActions(entries, { ...names, ids: sources.ids }).entries()) {
    const page = sources.pages.get(entries[index]?.pageId ?? '')
    if (page !== undefined) made.push({ index: sources.next++, page, ...changes })
  }
  return made
}

/** Each once. */
function pagesOf({ pageIds }: PageRuleEntry, { actions }: PageRule): ReadonlySet<string> {
  return new Set(pageIds ?? [...actions.values()].flat().map(({ page }) => page.id))
}
