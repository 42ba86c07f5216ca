import { describe, expect, it, test } from 'vitest'
import type { DecideOptions, DecisionsResult, Project, UserContext } from '../../src/engine/index.ts'
import { compile, type Decision, decide, decideAll, decideForKeys, parseDatafile } from '../../src/engine/index.ts'
import { CASE_FILES, type CaseFile, type CaseOption, type DecisionCase, type ExpectedAnswer } from '../support/cases.ts'
import type { Question } from './case.ts'
import { loadOracle } from './oracle.ts'

describe.each(CASE_FILES)('$name', ({ datafile, cases }) => {
  test.each(cases)('$name', (asked) => {
    const { decisions, profile } = decideWith(projectOf(datafile), questionOf(asked))
    expect(wire(Array.from(decisions.values(), answerOf))).toEqual(asked.expected)
    expect(profile === null ? null : Object.fromEntries(profile)).toEqual(asked.savedProfile ?? null)
  })

  test.each(cases.filter(({ oracle }) => oracle !== 'throws'))('$name, as the SDK says', (asked) => {
    const { savedProfile, expected } = asked
    const profile = savedProfile ? Object.entries(savedProfile) : null
    expect(wire(oracleOf(datafile)(questionOf(asked)))).toEqual({
      kind: 'answered',
      flags: expected.map(flagOf),
      profile,
    })
  })
})

describe('files of cases', () => {
  const all = CASE_FILES.flatMap((file) => file.cases.map((asked) => ({ file: file.name, ...asked })))

  it.each(CASE_FILES)('$name has a name that is fit for an SDK key, and cases', ({ name, cases }) => {
    expect(name).toMatch(/^[a-z-]{1,64}$/)
    expect(cases.length).toBeGreaterThan(0)
  })

  it.each(CASE_FILES)('$name calls each case by a name of its own', ({ cases }) => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
  })

  it('have no other fields than those that are described', () => {
    expect([...new Set(all.flatMap((asked) => Object.keys(asked)))].toSorted()).toEqual(FIELDS)
  })

  it('say of what the query API cannot be asked', () => {
    const silent = all.filter((asked) => isEngineOnly(asked) && asked.engineOnly === undefined)
    expect(silent.map(({ file, name }) => `${file}: ${name}`)).toEqual([])
  })
})

const FIELDS = ['ask', 'engineOnly', 'expected', 'file', 'name', 'options', 'oracle', 'savedProfile', 'user']

function isEngineOnly({ user, options, ask }: DecisionCase): boolean {
  const { profile, forcedDecisions, qualifiedSegments } = user
  return [profile, forcedDecisions, qualifiedSegments, options].some((field) => field !== undefined) || ask.length === 0
}

const OPTIONS: Readonly<Record<CaseOption, DecideOptions>> = {
  ENABLED_FLAGS_ONLY: { enabledFlagsOnly: true },
  EXCLUDE_VARIABLES: { excludeVariables: true },
  IGNORE_USER_PROFILE_SERVICE: { ignoreUserProfile: true },
}

function questionOf({ user, ask, options = [] }: DecisionCase): Question {
  return {
    user: userOf(user),
    ask: askOf(ask),
    options: Object.assign({ includeReasons: true }, ...options.map((option) => OPTIONS[option])),
  }
}

function userOf({ profile, ...user }: DecisionCase['user']): UserContext {
  return profile === undefined ? user : { ...user, profile: new Map(Object.entries(profile)) }
}

function askOf(ask: DecisionCase['ask']): Question['ask'] {
  if (ask === '*') return { kind: 'all' }
  return typeof ask === 'string' ? { kind: 'one', flagKey: ask } : { kind: 'several', flagKeys: ask }
}

function projectOf(datafile: object): Project {
  const parsed = parseDatafile(datafile)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  return compile(parsed.value.datafile)
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

function answerOf(decision: Decision): ExpectedAnswer {
  const { flagKey, enabled, variationKey, ruleKey, variables, reasons } = decision
  if (decision.kind === 'decided') return { flagKey, enabled, variationKey, ruleKey, variables, reasons }
  const { code, message } = decision.failure
  if (code !== 'unknown_flag' && code !== 'unknown_group') throw new Error(message, { cause: decision.failure })
  return { flagKey, failure: code, message }
}

/** What the SDK says of a flag that it does not find. */
function flagOf(answer: ExpectedAnswer): object {
  if (!('failure' in answer)) return answer
  const { flagKey, message } = answer
  return { flagKey, enabled: false, variationKey: null, ruleKey: null, variables: {}, reasons: [message] }
}

function oracleOf(datafile: CaseFile['datafile']) {
  const loaded = loadOracle(JSON.stringify(datafile))
  if (loaded.kind === 'refused') throw new Error(loaded.message)
  return loaded.decide
}

/** As JSON has it: `Infinity` is `null` there. */
function wire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
