/// <reference types="vite/types/importMeta.d.ts" />
import * as sdk from '@optimizely/optimizely-sdk/universal'
import { describe, expect, test } from 'vitest'
import { optimizelyConfig } from '../../src/api/agent/optimizely-config.ts'
import { parseDatafile } from '../../src/engine/index.ts'
import { CASE_FILES } from '../support/cases.ts'

const samples = import.meta.glob<string>('../../datafiles/*.json', { query: '?raw', import: 'default', eager: true })

const DATAFILES = [
  ...Object.entries(samples).map(([path, text]) => ({ name: path.replace('../../datafiles/', ''), text })),
  ...CASE_FILES.map(({ name, datafile }) => ({ name: `the cases of ${name}`, text: JSON.stringify(datafile) })),
]

/** The SDK has no OptimizelyConfig of these: it throws on the way. The Agent has one, and so have we. */
const SDK_HAS_NONE: ReadonlyMap<string, string> = new Map([
  ['classic-v2.json', 'it has no flags at all'],
  ['classic-v3.json', 'it has no flags at all'],
  ['tolerated.json', 'a variation sets a variable that no flag has'],
  ['the cases of variables', 'a variation sets a variable that no flag has'],
  ['the cases of audience-references', 'NOT stands before an audience that is not there'],
])

describe('the OptimizelyConfig is that of the SDK', () => {
  test.each(DATAFILES.filter(({ name }) => !SDK_HAS_NONE.has(name)))('of $name', ({ text }) => {
    // The SDK's own has the text of the datafile in it as well.
    const { datafile: _text, ...theirs } = asJson(clientOf(text).getOptimizelyConfig())
    expect(ours(text)).toEqual(theirs)
  })

  test.each(DATAFILES.filter(({ name }) => SDK_HAS_NONE.has(name)))('or ours alone, of $name', ({ text }) => {
    expect(clientOf(text).getOptimizelyConfig()).toBeNull()
    expect(ours(text)).toMatchObject({ revision: JSON.parse(text).revision })
  })

  test('for as many as are said to have none', () => {
    const names = DATAFILES.map(({ name }) => name)
    expect([...SDK_HAS_NONE.keys()].filter((name) => !names.includes(name))).toEqual([])
  })
})

describe('where the SDK has no OptimizelyConfig', () => {
  test('audiences whose conditions are a text keep it as it is, as in the Agent', () => {
    const conditions = '[ "or", {"name": "plan",  "type": "custom_attribute", "value": "pro"} ]'
    expect(
      ours(JSON.stringify({ version: '2', revision: '1', audiences: [{ id: 'a', name: 'Pros', conditions }] })),
    ).toMatchObject({
      audiences: [{ id: 'a', name: 'Pros', conditions }],
    })
  })

  test('a variable that no flag has is left out', () => {
    const variations = [{ id: 'v', key: 'on', featureEnabled: true, variables: [{ id: 'nobodys', value: 'x' }] }]
    const experiments = [{ id: 'e', key: 'ab', status: 'Running', audienceIds: [], variations, trafficAllocation: [] }]
    expect(ours(JSON.stringify({ version: '4', revision: '1', experiments }))).toMatchObject({
      experimentsMap: { ab: { variationsMap: { on: { variablesMap: {} } } } },
    })
  })

  test.each([
    ['NOT before an audience that is not there', ['not', 'nobody'], 'NOT "nobody"'],
    ['nested lists', ['and', ['or', 'a', 'b'], ['not', 'c']], '("Name of a" OR "b") AND (NOT "c")'],
    ['a list without an operator', ['a', 'b'], '"Name of a" OR "b"'],
    ['one audience without a list', 'a', '"Name of a"'],
    ['nothing', [], ''],
    ['an empty list in a list', ['and', [], 'a'], '() AND "Name of a"'],
  ])('audiences are written for people: %s', (_, audienceConditions, audiences) => {
    const experiments = [
      {
        id: 'e',
        key: 'ab',
        status: 'Running',
        audienceIds: [],
        audienceConditions,
        variations: [],
        trafficAllocation: [],
      },
    ]
    const typedAudiences = [{ id: 'a', name: 'Name of a', conditions: ['or'] }]
    expect(ours(JSON.stringify({ version: '4', revision: '1', experiments, typedAudiences }))).toMatchObject({
      experimentsMap: { ab: { audiences } },
    })
  })
})

function ours(text: string): unknown {
  const parsed = parseDatafile(JSON.parse(text))
  return parsed.ok ? asJson(optimizelyConfig(parsed.value.datafile)) : parsed.error
}

/** What is left of a value on the wire. */
function asJson(value: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value))
}

function clientOf(datafile: string): sdk.Client {
  return sdk.createInstance({
    projectConfigManager: sdk.createStaticProjectConfigManager({ datafile }),
    requestHandler: {
      makeRequest: () => {
        throw new Error('There is no network here.')
      },
    },
  })
}
