import { compile, type Datafile, type Issue, type Project, parseDatafile } from '../../../src/engine/index.ts'
import { compilePages } from '../../../src/pages/plan/compile-pages.ts'
import type { PagePlan } from '../../../src/pages/plan/page.ts'
import type { PageProject } from '../../../src/pages/plan/page-project.ts'
import { parsePages } from '../../../src/pages/plan/parse-pages.ts'
import { type PageQuestion, planPage } from '../../../src/pages/plan/plan-page.ts'
import { datafileWith, experimentWith } from '../../engine/datafile-builder.ts'

export type Fields = Record<string, unknown>

/** A page of the shop by its path; without one the front page, `home`. */
export function pageAt(path = '', fields: Fields = {}): Fields {
  const name = path === '' ? 'home' : path
  const conditions = ['or', { type: 'url', match: 'simple', value: `https://shop.example/${path}` }]
  return { id: name, key: name, conditions, ...fields }
}

/** The URL of a page of the shop. */
export function urlOf(path: string): string {
  return `https://shop.example/${path}`
}

/** An experiment about `home` in which everyone is in the variation that makes these changes. */
export function experimentOn(id: string, changes: readonly unknown[], fields: Fields = {}): Fields {
  return experimentWith({
    id,
    key: id,
    pageIds: ['home'],
    trafficAllocation: [{ entityId: `${id}-on`, endOfRange: 10_000 }],
    variations: [
      { id: `${id}-off`, key: 'off' },
      { id: `${id}-on`, key: 'on', featureEnabled: true, actions: [{ pageId: 'home', changes }] },
    ],
    ...fields,
  })
}

/** The same on another page. */
export function experimentAt(path: string, id: string, changes: readonly unknown[]): Fields {
  const experiment = experimentOn(id, [], { pageIds: [path] })
  const variations = [
    { id: `${id}-off`, key: 'off' },
    { id: `${id}-on`, key: 'on', actions: [{ pageId: path, changes }] },
  ]
  return { ...experiment, variations }
}

/** A new text for the heading, as the least change there is. */
export function textOf(text: string, fields: Fields = {}): Fields {
  return { type: 'attribute', selector: 'h1', attributes: { text }, ...fields }
}

export function redirectTo(destination: string, fields: Fields = {}): Fields {
  return { type: 'redirect', destination, ...fields }
}

/** A datafile with a home page, as far as the engine reads it. */
export function siteWith(fields: Fields): { readonly datafile: Datafile; readonly project: Project } {
  const parsed = parseDatafile(datafileWith({ pages: [pageAt()], ...fields }))
  if (!parsed.ok) throw new Error(`not a datafile: ${JSON.stringify(parsed.error)}`)
  const { datafile } = parsed.value
  return { datafile, project: compile(datafile) }
}

/** The pages of a datafile that has to be accepted. */
export function pagesOf(fields: Fields): PageProject {
  const { datafile, project } = siteWith(fields)
  const parsed = parsePages(datafile)
  if (!parsed.ok) throw new Error(`not pages: ${JSON.stringify(parsed.error)}`)
  return compilePages(parsed.value.pages, project)
}

/** What is wrong with a datafile's pages, and what is odd. */
export function issuesOf(fields: Fields): { readonly errors: readonly Issue[]; readonly warnings: readonly Issue[] } {
  const parsed = parsePages(siteWith(fields).datafile)
  return parsed.ok ? { errors: [], warnings: parsed.value.warnings } : { errors: parsed.error, warnings: [] }
}

/** A visitor of the front page. */
export function questionWith(fields: Partial<PageQuestion> = {}): PageQuestion {
  return {
    url: 'https://shop.example/',
    userId: 'u',
    attributes: {},
    clientNavigation: false,
    cookiesFor: () => [],
    ...fields,
  }
}

/** The plan of the front page, or of what is asked. */
export function planOf(fields: Fields, question: Partial<PageQuestion> = {}): PagePlan {
  return planPage(pagesOf(fields), questionWith(question))
}

/** What the edits of a plan do, in order. */
export function operationsOf({ edits }: PagePlan): readonly unknown[] {
  return edits.map(({ edit }) => (edit.kind === 'dom' ? edit.operation : edit.code))
}
