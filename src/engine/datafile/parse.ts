import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { readConditions } from '../audience/parse.ts'
import { checkLimits } from './check-limits.ts'
import type {
  AudienceEntry,
  Datafile,
  EventEntry,
  GroupEntry,
  IntegrationEntry,
  KeyedEntry,
  RolloutEntry,
} from './datafile.ts'
import { refuseDuplicateIds } from './duplicate-ids.ts'
import type { Issue } from './issue.ts'
import { LIMITS } from './limits.ts'
import { readIds, readList, readOptionalBoolean, readOptionalList, readOptionalText, readText } from './read.ts'
import { readFeatureFlag } from './read-flag.ts'
import { readExperiment, readHoldout, readTraffic } from './read-rule.ts'
import { emptyReport, listedErrors, listedWarnings, type Report, reportError } from './report.ts'

/** A datafile that may be compiled, and what is odd in it. */
export interface ParsedDatafile {
  readonly datafile: Datafile
  readonly warnings: readonly Issue[]
}

/**
 * Establishes that a value that was JSON, of any depth, is a datafile of version 2, 3 or 4.
 *
 * Every issue is found, each with its path. Unknown fields are ignored, and never walked. Types that are not
 * as described, LIMITS, and duplicate experiment or flag ids are errors. What the SDKs tolerate is a warning:
 * here odd conditions; `referenceWarnings` finds dangling ids, duplicate keys and unsorted allocations.
 */
export function parseDatafile(value: unknown): Result<ParsedDatafile, readonly Issue[]> {
  const report = emptyReport()
  if (!isJsonObject(value)) {
    reportError(report, { code: 'wrong_type', expected: 'a datafile, which is a JSON object', found: value })
    return err(report.errors)
  }
  const datafile = readDatafile(report, value)
  checkExperiments(report, value, datafile)
  checkLimits(report, datafile)
  refuseDuplicateIds(report, datafile)
  return report.errors.length === 0 ? ok({ datafile, warnings: listedWarnings(report) }) : err(listedErrors(report))
}

function readDatafile(report: Report, object: JsonObject): Datafile {
  return {
    version: readVersion(report, object.version),
    revision: readText(report, object, 'revision'),
    accountId: readOptionalText(report, object, 'accountId') ?? '',
    projectId: readOptionalText(report, object, 'projectId') ?? '',
    sdkKey: readOptionalText(report, object, 'sdkKey'),
    environmentKey: readOptionalText(report, object, 'environmentKey'),
    region: readOptionalText(report, object, 'region'),
    anonymizeIP: readOptionalBoolean(report, object, 'anonymizeIP'),
    botFiltering: readOptionalBoolean(report, object, 'botFiltering'),
    sendFlagDecisions: readOptionalBoolean(report, object, 'sendFlagDecisions'),
    experiments: readOptionalList(report, object, 'experiments', readExperiment),
    groups: readOptionalList(report, object, 'groups', readGroup),
    rollouts: readOptionalList(report, object, 'rollouts', readRollout),
    featureFlags: readOptionalList(report, object, 'featureFlags', readFeatureFlag),
    holdouts: readOptionalList(report, object, 'holdouts', readHoldout),
    localHoldouts: readOptionalList(report, object, 'localHoldouts', readHoldout),
    audiences: readOptionalList(report, object, 'audiences', readAudience),
    typedAudiences: readOptionalList(report, object, 'typedAudiences', readTypedAudience),
    attributes: readOptionalList(report, object, 'attributes', readKeyed),
    events: readOptionalList(report, object, 'events', readEvent),
    integrations: readOptionalList(report, object, 'integrations', readIntegration),
    pages: object.pages,
  }
}

function readVersion(report: Report, value: JsonValue | undefined): Datafile['version'] {
  if (value === '2' || value === '3' || value === '4') return value
  reportError(report, { code: 'unsupported_version', expected: '"2", "3" or "4"', found: value, key: 'version' })
  return '4'
}

function readGroup(report: Report, object: JsonObject): GroupEntry {
  return {
    id: readText(report, object, 'id'),
    policy: readOptionalText(report, object, 'policy'),
    trafficAllocation: readList(report, object, 'trafficAllocation', readTraffic),
    experiments: readOptionalList(report, object, 'experiments', readExperiment),
  }
}

function readRollout(report: Report, object: JsonObject): RolloutEntry {
  return {
    id: readText(report, object, 'id'),
    experiments: readList(report, object, 'experiments', readExperiment),
  }
}

/** Conditions in `audiences` are a text of JSON. */
function readAudience(report: Report, object: JsonObject): AudienceEntry {
  const source = readText(report, object, 'conditions')
  const parsed = parseJson(source, { maxDepth: LIMITS.depth })
  if (!parsed.ok) {
    const { code, message } = parsed.error
    reportError(report, { code, expected: `JSON (${message})`, found: source, key: 'conditions' })
  }
  return readAudienceEntry(report, object, parsed.ok ? parsed.value : [], source)
}

/** Conditions in `typedAudiences` are JSON as it is. */
function readTypedAudience(report: Report, object: JsonObject): AudienceEntry {
  const source = object.conditions
  if (source === undefined || source === null) {
    reportError(report, { code: 'missing', expected: 'conditions', found: source, key: 'conditions' })
  }
  return readAudienceEntry(report, object, source ?? [], source ?? [])
}

function readAudienceEntry(
  report: Report,
  object: JsonObject,
  conditions: JsonValue,
  conditionsSource: JsonValue,
): AudienceEntry {
  const id = readText(report, object, 'id')
  const name = readOptionalText(report, object, 'name') ?? ''
  report.path.push('conditions')
  const tree = readConditions(report, conditions)
  report.path.pop()
  return { id, name, conditions: tree, conditionsSource }
}

function readKeyed(report: Report, object: JsonObject): KeyedEntry {
  return { id: readText(report, object, 'id'), key: readText(report, object, 'key') }
}

function readEvent(report: Report, object: JsonObject): EventEntry {
  return {
    ...readKeyed(report, object),
    experimentIds: Array.isArray(object.experimentIds) ? readIds(report, object, 'experimentIds') : [],
  }
}

function readIntegration(report: Report, object: JsonObject): IntegrationEntry {
  return {
    key: readText(report, object, 'key'),
    host: readOptionalText(report, object, 'host'),
    publicKey: readOptionalText(report, object, 'publicKey'),
    pixelUrl: readOptionalText(report, object, 'pixelUrl'),
  }
}

/** The SDKs add those of groups and rollouts to the list, and refuse the datafile where there is none. */
function checkExperiments(report: Report, { experiments }: JsonObject, { groups, rollouts }: Datafile): void {
  if (experiments !== undefined && experiments !== null) return
  if (![...groups, ...rollouts].some((owner) => owner.experiments.length > 0)) return
  const expected = 'an array, as groups or rollouts have experiments'
  reportError(report, { code: 'missing', expected, found: experiments, key: 'experiments' })
}
