import { isDeeperThan, isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts'
import { readAudienceReferences } from '../audience/parse.ts'
import type { CmabEntry, ExperimentEntry, HoldoutEntry, RuleEntry, TrafficEntry, VariationEntry } from './datafile.ts'
import { LIMITS } from './limits.ts'
import {
  readIds,
  readList,
  readNumber,
  readOptionalBoolean,
  readOptionalList,
  readOptionalText,
  readText,
} from './read.ts'
import { type Report, reportError } from './report.ts'

/** Reads an experiment or a delivery rule. */
export function readExperiment(report: Report, object: JsonObject): ExperimentEntry {
  const type = readOptionalText(report, object, 'type')
  // The SDK adds a variation to a Feature Rollout, and refuses the datafile where it cannot.
  if (type === 'fr' && !object.variations) reportMissingVariations(report)
  return {
    ...readRule(report, object),
    layerId: readOptionalText(report, object, 'layerId') ?? '',
    type,
    groupId: readOptionalText(report, object, 'groupId'),
    forcedVariations: readForcedVariations(report, object.forcedVariations),
    pageIds: object.pageIds,
  }
}

/** Reads a holdout, global or local. */
export function readHoldout(report: Report, object: JsonObject): HoldoutEntry {
  return {
    ...readRule(report, object),
    excludeTargetedDeliveries: readOptionalBoolean(report, object, 'excludeTargetedDeliveries') ?? false,
    includedRules: readIncludedRules(report, object),
  }
}

/** Reads one range of a traffic allocation. */
export function readTraffic(report: Report, object: JsonObject): TrafficEntry {
  return {
    entityId: readText(report, object, 'entityId'),
    endOfRange: readNumber(report, object, 'endOfRange'),
  }
}

function reportMissingVariations(report: Report): void {
  reportError(report, { code: 'missing', expected: 'an array', found: undefined, key: 'variations' })
}

function readRule(report: Report, object: JsonObject): RuleEntry {
  report.counts.rules++
  const audienceField = object.audienceConditions ? 'audienceConditions' : 'audienceIds'
  const audienceSource = object[audienceField]
  return {
    id: readText(report, object, 'id'),
    key: readText(report, object, 'key'),
    status: readOptionalText(report, object, 'status'),
    audience: readAudience(report, audienceSource, audienceField),
    audienceSource,
    audienceField,
    variations: readOptionalList(report, object, 'variations', readVariation),
    trafficAllocation: readList(report, object, 'trafficAllocation', readTraffic),
    cmab: readCmab(report, object.cmab),
  }
}

/** Absent, `null`, `""` and `[]` are everyone; a text is the id of one audience. */
function readAudience(
  report: Report,
  source: JsonValue | undefined,
  key: RuleEntry['audienceField'],
): RuleEntry['audience'] {
  if (source === undefined || source === null || source === '') return null
  if (typeof source !== 'string' && !Array.isArray(source)) {
    reportError(report, { code: 'wrong_type', expected: 'an array of audience ids', found: source, key })
    return null
  }
  if (source.length === 0) return null
  report.path.push(key)
  const audience = readAudienceReferences(report, source)
  report.path.pop()
  return audience
}

function readVariation(report: Report, object: JsonObject): VariationEntry {
  return {
    id: readText(report, object, 'id'),
    key: readText(report, object, 'key'),
    featureEnabled: readOptionalBoolean(report, object, 'featureEnabled') ?? false,
    variables: readVariableUsages(report, object),
    actions: object.actions,
  }
}

function readVariableUsages(report: Report, object: JsonObject): VariationEntry['variables'] {
  if (isAbsent(object.variables)) return null
  const usages = new Map<string, string>()
  readList(report, object, 'variables', (_, usage) => {
    usages.set(readText(report, usage, 'id'), readVariableValue(report, usage))
  })
  return usages
}

/** The type of the variable is the flag's to say; whatever it is, JSON that is too deep would break whoever walks it. */
function readVariableValue(report: Report, usage: JsonObject): string {
  const text = readText(report, usage, 'value')
  if (!isDeeperThan(text, LIMITS.depth) || !parseJson(text).ok) return text
  const expected = `JSON of at most ${LIMITS.depth} levels`
  reportError(report, { code: 'too_deep', expected, found: text, key: 'value' })
  return ''
}

function readForcedVariations(report: Report, value: JsonValue | undefined): ReadonlyMap<string, string> | null {
  if (value === undefined || value === null) return null
  const key = 'forcedVariations'
  if (!isJsonObject(value)) {
    reportError(report, { code: 'wrong_type', expected: 'an object', found: value, key })
    return null
  }
  const forced = new Map<string, string>()
  for (const [userId, variationKey] of Object.entries(value)) {
    if (typeof variationKey === 'string') forced.set(userId, variationKey)
    else reportError(report, { code: 'wrong_type', expected: 'user ids with variation keys', found: variationKey, key })
  }
  return forced
}

function readIncludedRules(report: Report, object: JsonObject): readonly string[] | null {
  const { includedRules } = object
  return Array.isArray(includedRules) && includedRules.length > 0 ? readIds(report, object, 'includedRules') : null
}

function readCmab(report: Report, value: JsonValue | undefined): CmabEntry | null {
  if (!value) return null
  if (!isJsonObject(value)) {
    reportError(report, { code: 'wrong_type', expected: 'an object', found: value, key: 'cmab' })
    return null
  }
  report.path.push('cmab')
  const cmab = {
    trafficAllocation: isAbsent(value.trafficAllocation) ? null : readNumber(report, value, 'trafficAllocation'),
    attributeIds: isAbsent(value.attributeIds) ? [] : readIds(report, value, 'attributeIds'),
  }
  report.path.pop()
  return cmab
}

function isAbsent(value: JsonValue | undefined): boolean {
  return value === undefined || value === null
}
