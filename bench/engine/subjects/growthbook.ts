import { type FeatureApiResponse, GrowthBookClient, type UserContext } from '@growthbook/growthbook'
import type { Subject } from './subject.ts'

export const growthbook: Subject = {
  load(text) {
    const payload: FeatureApiResponse = JSON.parse(text)
    const client = new GrowthBookClient().initSync({ payload })
    const flagKeys = Object.keys(payload.features ?? {})
    return {
      prepare(users) {
        const contexts = users.map(
          ({ userId, attributes }): UserContext => ({ attributes: { ...attributes, id: userId } }),
        )
        return {
          decide: (flagKey, index) => inTest(client, flagKey, at(contexts, index)),
          decideAll: (index) =>
            flagKeys.reduce((count, flagKey) => count + inTest(client, flagKey, at(contexts, index)), 0),
        }
      },
      close: () => client.destroy(),
    }
  },
}

function inTest(client: GrowthBookClient, flagKey: string, user: UserContext): number {
  return client.evalFeature(flagKey, user).source === 'experiment' ? 1 : 0
}

function at(contexts: readonly UserContext[], index: number): UserContext {
  const context = contexts[index]
  if (context === undefined) throw new RangeError(`No user ${index}`)
  return context
}
