/**
 * The engine: Optimizely datafiles in, decisions out. Pure: no clock, randomness, log, network or async.
 *
 * ```ts
 * const parsed = parseDatafile(JSON.parse(text))
 * if (!parsed.ok) throw new Error(parsed.error.map((issue) => `${issue.path}: ${issue.expected}`).join('\n'))
 * const project = compile(parsed.value.datafile)
 * const { decision } = decide(project, 'checkout', { userId: 'u1', attributes: {} })
 * ```
 */

export { compileConditions, compileTree, unknown } from './audience/compile.ts'
export type { AudienceReference, Condition, ConditionTree, Ternary, Test } from './audience/condition.ts'
export { leavesOf } from './audience/leaves.ts'
export { isMatchType } from './audience/match.ts'
export { readAudienceReferences } from './audience/parse.ts'
export { compile } from './datafile/compile.ts'
export type { Datafile, ExperimentEntry, VariationEntry } from './datafile/datafile.ts'
export { experimentLists } from './datafile/experiment-lists.ts'
export type { Issue, IssueCode } from './datafile/issue.ts'
export { LIMITS } from './datafile/limits.ts'
export { type ParsedDatafile, parseDatafile } from './datafile/parse.ts'
export type { Flag, Holdout, Project, Rule, Variables, Variation } from './datafile/project.ts'
export {
  readIds,
  readList,
  readOptionalBoolean,
  readOptionalList,
  readOptionalText,
  readText,
  readTexts,
} from './datafile/read.ts'
export { referenceWarnings } from './datafile/reference-warnings.ts'
export {
  emptyReport,
  type Finding,
  listedErrors,
  listedWarnings,
  type Report,
  reportError,
  reportWarning,
} from './datafile/report.ts'
export { decide, decideAll, decideForKeys } from './decision/decide.ts'
export { decideExperiment } from './decision/decide-experiment.ts'
export type {
  Decision,
  DecisionFailure,
  DecisionResult,
  DecisionsResult,
  Evidence,
  ExperimentDecision,
  ExperimentResult,
  FailedDecision,
  FlagDecision,
} from './decision/decision.ts'
export { type DecisionKeys, evidenceByKey } from './decision/evidence-by-key.ts'
export type {
  Attributes,
  DecideOptions,
  ForcedDecision,
  Prediction,
  Predictions,
  UserContext,
  UserProfile,
} from './decision/user-context.ts'
export { variationOfRule } from './decision/variation-by-key.ts'
