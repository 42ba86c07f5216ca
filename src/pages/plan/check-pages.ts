import { ok, type Result } from '../../base/result.ts'
import { emptyReport, type Issue, listedWarnings, reportWarning } from '../../engine/index.ts'
import { compilePages, type Loaded } from './compile-pages.ts'
import type { PageProject, PageRule } from './page-project.ts'
import { parsePages } from './parse-pages.ts'
import { arrivalOf, type Departure } from './redirect.ts'

/** Redirects that are followed to see where they lead: the rest goes without a warning. */
const MOST_REDIRECTS = 1_000

/**
 * Does all that can refuse a datafile for what it says of pages, and finds what is odd in it: also redirects that would
 * never be made, whatever the visitor and the parameters.
 */
export function checkPages({ datafile, project }: Loaded): Result<readonly Issue[], readonly Issue[]> {
  const parsed = parsePages(datafile)
  if (!parsed.ok) return parsed
  const { pages, warnings } = parsed.value
  return ok([...warnings, ...redirectWarnings(compilePages(pages, project))])
}

function redirectWarnings(pages: PageProject): readonly Issue[] {
  const report = emptyReport()
  const rules = new Set(pages.redirecting.flatMap((redirecting) => redirecting.rules))
  for (const departure of [...rules].flatMap(departuresOf).slice(0, MOST_REDIRECTS)) {
    const arrival = arrivalOf(pages, departure)
    if (arrival.kind === 'redirect') continue
    const { destination, path } = departure.redirect
    report.path.push(...path)
    const expected = `a URL that can be redirected to (${arrival.reason})`
    reportWarning(report, { code: 'unknown_value', expected, found: destination, key: 'destination' })
    report.path.length = 0
  }
  return listedWarnings(report)
}

/** Without the parameters of a request, which are not known here. */
function departuresOf(rule: PageRule): readonly Departure[] {
  return [...rule.redirects.values()].flat().map((redirect) => ({ url: '', rule, redirect }))
}
