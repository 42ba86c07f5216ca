import { Script } from 'node:vm'
import { reasonOf } from '../base/reason.ts'
import { type Datafile, emptyReport, type Issue, listedWarnings, reportWarning } from '../engine/index.ts'
import { parsePages } from '../pages/plan/parse-pages.ts'

/** The `custom_code` of a valid datafile that is no JavaScript, which a Worker cannot tell: it would only fail in the page. */
export function codeWarnings(datafile: Datafile): readonly Issue[] {
  const parsed = parsePages(datafile)
  const actions = parsed.ok ? [...parsed.value.pages.actions.values()].flat() : []
  const report = emptyReport()
  for (const { effect } of actions.flatMap(({ changes }) => changes)) {
    const reason = effect.kind === 'code' ? syntaxError(effect.code) : null
    if (effect.kind !== 'code' || reason === null) continue
    report.path.push(...effect.path)
    const expected = `JavaScript (${reason})`
    reportWarning(report, { code: 'malformed_value', expected, found: effect.code, key: 'value' })
    report.path.length = 0
  }
  return listedWarnings(report)
}

/** The code is run as the body of a function. */
function syntaxError(code: string): string | null {
  try {
    new Script(`(function () {\n${code}\n})`)
    return null
  } catch (cause) {
    return reasonOf(cause)
  }
}
