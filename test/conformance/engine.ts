import { parseJson } from '../../src/base/json.ts'
import {
  compile,
  type Decision,
  type DecisionsResult,
  decide,
  decideAll,
  decideForKeys,
  type Project,
  parseDatafile,
} from '../../src/engine/index.ts'
import { type Answer, type FlagAnswer, type Loaded, type Question, sortedEntries } from './case.ts'

/** Loads a text of JSON into the engine, behind the same interface as the oracle. */
export function loadEngine(datafile: string): Loaded {
  const json = parseJson(datafile)
  if (!json.ok) return { kind: 'refused', message: json.error.message }
  const parsed = parseDatafile(json.value)
  if (!parsed.ok) return { kind: 'refused', message: JSON.stringify(parsed.error) }
  const project = compile(parsed.value.datafile)
  return { kind: 'loaded', decide: (question) => answer(decideWith(project, question)) }
}

function decideWith(project: Project, { user, ask, options }: Question): DecisionsResult {
  switch (ask.kind) {
    case 'all':
      return decideAll(project, user, options)
    case 'several':
      return decideForKeys(project, ask.flagKeys, user, options)
    case 'one': {
      const { decision, profile } = decide(project, ask.flagKey, user, options)
      return { decisions: new Map([[ask.flagKey, decision]]), profile }
    }
  }
}

function answer({ decisions, profile }: DecisionsResult): Answer {
  return {
    kind: 'answered',
    flags: Array.from(decisions.values(), flagAnswer),
    profile: profile === null ? null : sortedEntries(profile),
  }
}

function flagAnswer(decision: Decision): FlagAnswer {
  const { flagKey, enabled, variationKey, ruleKey, variables, reasons } = decision
  return { flagKey, enabled, variationKey, ruleKey, variables, reasons }
}
