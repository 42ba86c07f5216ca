import * as sdk from '@optimizely/optimizely-sdk/universal'
import { expect, test } from 'vitest'
import audiences from '../../datafiles/audiences.json'
import demo from '../../datafiles/demo.json'
import holdoutsAndGroups from '../../datafiles/holdouts-and-groups.json'
import minimal from '../../datafiles/minimal.json'
import { optimizelyConfig } from '../../src/api/agent/optimizely-config.ts'
import { parseDatafile } from '../../src/engine/index.ts'

test.each([
  ['demo', demo],
  ['audiences', audiences],
  ['holdouts-and-groups', holdoutsAndGroups],
  ['minimal', minimal],
])("the OptimizelyConfig of datafiles/%s.json is the SDK's", (_, datafile) => {
  const parsed = parseDatafile(datafile)
  const ours = parsed.ok ? optimizelyConfig(parsed.value.datafile) : parsed.error
  // The SDK's own has the text of the datafile in it as well.
  const { datafile: _text, ...theirs } = asJson(clientOf(datafile).getOptimizelyConfig())
  expect(asJson(ours)).toEqual(theirs)
})

/** What is left of a value on the wire. */
function asJson(value: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value))
}

function clientOf(datafile: object): sdk.Client {
  return sdk.createInstance({
    projectConfigManager: sdk.createStaticProjectConfigManager({ datafile: JSON.stringify(datafile) }),
    requestHandler: {
      makeRequest: () => {
        throw new Error('There is no network here.')
      },
    },
  })
}
