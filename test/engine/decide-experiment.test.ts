import * as sdk from '@optimizely/optimizely-sdk/universal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compile,
  decideExperiment,
  type ExperimentResult,
  type Project,
  parseDatafile,
  type UserContext,
  type UserProfile,
} from '../../src/engine/index.ts'
import { datafile as anyDatafile } from '../conformance/generate-datafile.ts'
import { question as anyQuestion } from '../conformance/generate-question.ts'
import { datafileWith, experimentWith, projectOf } from './datafile-builder.ts'

const user: UserContext = { userId: 'u', attributes: {} }
const nobody = [{ entityId: '', endOfRange: 10_000 }]

function holdoutWith(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...experimentWith({ id: 'h1', key: 'held', variations: [{ id: 'off', key: 'off' }] }), ...fields }
}

const holdsEveryone = holdoutWith({ trafficAllocation: [{ entityId: 'off', endOfRange: 10_000 }] })

function decided(fields: Record<string, unknown>, asked: UserContext = user): ExperimentResult {
  const project = projectOf(datafileWith(fields))
  return decideExperiment(project, ruleOf(project, 'exp'), asked, { includeReasons: true })
}

function ruleOf(project: Project, key: string) {
  const rule = project.experimentsByKey.get(key)
  if (rule === undefined) throw new Error(`no experiment ${key}`)
  return rule
}

function variationKeyOf({ decision }: ExperimentResult): string | null {
  return decision.ok ? (decision.value.variation?.key ?? null) : null
}

describe('an experiment by itself', () => {
  const twoVariations = {
    variations: [
      { id: 'v1', key: 'on' },
      { id: 'v2', key: 'other' },
    ],
  }
  const france = {
    typedAudiences: [
      {
        id: 'a1',
        name: 'France',
        conditions: ['or', { type: 'custom_attribute', name: 'country', match: 'exact', value: 'FR' }],
      },
    ],
  }
  const cases: readonly [what: string, fields: Record<string, unknown>, user: UserContext, variation: string | null][] =
    [
      ['puts a user into the variation of their bucket', { experiments: [experimentWith()] }, user, 'on'],
      [
        'leaves out whom the traffic leaves out',
        { experiments: [experimentWith({ trafficAllocation: nobody })] },
        user,
        null,
      ],
      ['has nobody when it is paused', { experiments: [experimentWith({ status: 'Paused' })] }, user, null],
      [
        'follows the whitelist before the traffic',
        {
          experiments: [
            experimentWith({ ...twoVariations, trafficAllocation: nobody, forcedVariations: { u: 'other' } }),
          ],
        },
        user,
        'other',
      ],
      [
        'follows the profile before the traffic',
        { experiments: [experimentWith({ ...twoVariations })] },
        { ...user, profile: new Map([['e1', 'v2']]) },
        'other',
      ],
      [
        'leaves out whom its audience leaves out',
        { experiments: [experimentWith({ audienceIds: ['a1'] })], ...france },
        user,
        null,
      ],
      [
        'lets in whom its audience lets in',
        { experiments: [experimentWith({ audienceIds: ['a1'] })], ...france },
        { userId: 'u', attributes: { country: 'FR' } },
        'on',
      ],
      [
        'has nobody whom its group gives to another',
        {
          groups: [
            {
              id: 'g',
              policy: 'random',
              trafficAllocation: [{ entityId: 'e2', endOfRange: 10_000 }],
              experiments: [experimentWith()],
            },
          ],
          experiments: [],
        },
        user,
        null,
      ],
      [
        'is open to whom a holdout of another experiment holds out',
        { experiments: [experimentWith()], localHoldouts: [{ ...holdsEveryone, includedRules: ['e2'] }] },
        user,
        'on',
      ],
      [
        'is open where a holdout does not run',
        { experiments: [experimentWith()], holdouts: [{ ...holdsEveryone, status: 'Draft' }] },
        user,
        'on',
      ],
    ]

  it.each(cases)('%s', (_, fields, asked, variation) => {
    expect(variationKeyOf(decided(fields, asked))).toBe(variation)
  })

  it.each([
    ['a global holdout', { holdouts: [holdsEveryone] }],
    ['a holdout of its own', { localHoldouts: [{ ...holdsEveryone, includedRules: ['e1'] }] }],
  ])('is kept from whom %s holds out, and says which', (_, holdouts) => {
    const { decision } = decided({ experiments: [experimentWith()], ...holdouts })
    expect(decision).toMatchObject({
      ok: true,
      value: { source: 'holdout', rule: { key: 'held' }, variation: { key: 'off' } },
    })
  })

  it('fails as a value where its group is not there', () => {
    const { decision } = decided({ experiments: [experimentWith({ groupId: 'gone' })] })
    expect(decision).toMatchObject({ ok: false, error: { code: 'unknown_group', groupId: 'gone' } })
  })

  it('explains itself in the words of the SDK, only when asked', () => {
    const project = projectOf(datafileWith({ experiments: [experimentWith({ status: 'Paused' })] }))
    const rule = ruleOf(project, 'exp')
    expect([
      decideExperiment(project, rule, user, { includeReasons: true }).decision,
      decideExperiment(project, rule, user).decision,
    ]).toMatchObject([{ value: { reasons: ['Experiment exp is not running.'] } }, { value: { reasons: [] } }])
  })

  it('hands back the profile where it changed, and none where nobody keeps one', () => {
    const fields = { experiments: [experimentWith()] }
    const kept = (profile: UserProfile) => decided(fields, { ...user, profile }).profile
    expect([kept(new Map()), kept(new Map([['e1', 'v1']])), decided(fields).profile]).toEqual([
      new Map([['e1', 'v1']]),
      null,
      null,
    ])
  })
})

describe('beside getVariation of the SDK', () => {
  it('gives the same variation of every experiment, for generated datafiles without holdouts and users', () => {
    let compared = 0
    const questions = fc.array(anyQuestion, { minLength: 1, maxLength: 10 })
    const alike = fc.property(anyDatafile, questions, (text, asked) => {
      const answers = answersTo(
        text,
        asked.map((question) => question.user),
      )
      compared += answers.length
      expect(answers.map(({ ours, ...rest }) => ({ ...rest, sdk: ours }))).toEqual(
        answers.map(({ ours, ...rest }) => rest),
      )
    })
    fc.assert(alike, { seed: 20_261_124, numRuns: 1_000 })
    expect(compared).toBeGreaterThan(5_000)
  })
})

interface Answers {
  readonly experimentKey: string
  readonly asked: UserContext
  readonly sdk: string | null
  readonly ours: string | null
}

/** What both say, except where the SDK refuses the datafile, or throws. */
function answersTo(text: string, users: readonly UserContext[]): readonly Answers[] {
  const fields = withoutHoldouts(text)
  const parsed = parseDatafile(fields)
  if (fields === null || !parsed.ok) return []
  const { datafile } = parsed.value
  const project = compile(datafile)
  const deliveries = new Set(datafile.rollouts.flatMap(({ experiments }) => experiments.map(({ key }) => key)))
  // The SDK's call knows no delivery rules, and refuses to look for an empty key.
  const experiments = [...project.experimentsByKey].filter(([key]) => key !== '' && !deliveries.has(key))
  return users.flatMap(({ userId, attributes, profile }) => {
    const asked = profile === undefined ? { userId, attributes } : { userId, attributes, profile }
    return experiments.flatMap(([experimentKey, rule]) => {
      const sdk = oracle(fields, experimentKey, asked)
      if (sdk === undefined) return []
      return [{ experimentKey, asked, sdk, ours: variationKeyOf(decideExperiment(project, rule, asked)) }]
    })
  })
}

function withoutHoldouts(text: string): Record<string, unknown> | null {
  try {
    // Written again, so that both read the same: JSON's 1e999 becomes null.
    return JSON.parse(JSON.stringify({ ...JSON.parse(text), holdouts: [], localHoldouts: [] }))
  } catch {
    return null
  }
}

/** `undefined` where the SDK refuses the datafile or the question, or throws, of which a decision knows nothing. */
function oracle(fields: unknown, experimentKey: string, { userId, attributes, profile }: UserContext) {
  const client = clientOf(fields)
  const bucketMap = Object.fromEntries([...(profile ?? [])].map(([id, variation]) => [id, { variation_id: variation }]))
  stored = { user_id: userId, experiment_bucket_map: bucketMap }
  try {
    return client.getVariation(experimentKey, userId, { ...attributes } as sdk.UserAttributes)
  } catch {
    return undefined
  }
}

let stored: ReturnType<sdk.UserProfileService['lookup']>
const clients = new WeakMap<object, sdk.Client>()

function clientOf(fields: unknown): sdk.Client {
  const key = Object(fields)
  const known = clients.get(key)
  if (known !== undefined) return known
  const client = sdk.createInstance({
    projectConfigManager: sdk.createStaticProjectConfigManager({ datafile: JSON.stringify(fields) }),
    requestHandler: {
      makeRequest: () => {
        throw new Error('A decision has no network.')
      },
    },
    userProfileService: { lookup: () => stored, save: () => {} },
  })
  clients.set(key, client)
  return client
}
