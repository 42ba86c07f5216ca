import { isDeeperThan, type JsonObject } from '../../base/json.ts'
import type { FeatureFlagEntry, VariableEntry } from './datafile.ts'
import { LIMITS } from './limits.ts'
import { readList, readOptionalText, readText, readTexts } from './read.ts'
import { type Report, reportError } from './report.ts'

/** Reads a feature flag. */
export function readFeatureFlag(report: Report, object: JsonObject): FeatureFlagEntry {
  return {
    id: readText(report, object, 'id'),
    key: readText(report, object, 'key'),
    rolloutId: readOptionalText(report, object, 'rolloutId'),
    experimentIds: readTexts(report, object, 'experimentIds'),
    variables: readList(report, object, 'variables', readVariable),
  }
}

function readVariable(report: Report, object: JsonObject): VariableEntry {
  const type = readText(report, object, 'type')
  const subType = readOptionalText(report, object, 'subType')
  const variable = {
    id: readText(report, object, 'id'),
    key: readText(report, object, 'key'),
    type: type === 'string' && subType === 'json' ? 'json' : type,
    defaultValue: readText(report, object, 'defaultValue'),
  }
  if (variable.type === 'json') refuseDeepJson(report, variable.defaultValue)
  return variable
}

/** JSON that does not parse becomes `null`, as in the SDKs; JSON that is too deep would break whoever walks it. */
function refuseDeepJson(report: Report, text: string): void {
  if (!isDeeperThan(text, LIMITS.depth)) return
  const expected = `JSON of at most ${LIMITS.depth} levels`
  reportError(report, { code: 'too_deep', expected, found: text, key: 'defaultValue' })
}
