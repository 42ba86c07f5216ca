import {
  type Client,
  createInstance,
  createStaticProjectConfigManager,
  OptimizelyDecideOption,
  type OptimizelyDecision,
  type OptimizelyUserContext,
} from '@optimizely/optimizely-sdk/universal'
import type { BenchUser } from '../../generate-datafile.ts'
import type { Subject } from './subject.ts'

/** Without events, which ours leaves to the caller: only deciding is compared. */
const OPTIONS = [OptimizelyDecideOption.DISABLE_DECISION_EVENT]

/** The SDK on a text, without logger, events or network. */
export function createClient(text: string): Client {
  return createInstance({
    projectConfigManager: createStaticProjectConfigManager({ datafile: text }),
    requestHandler: {
      makeRequest() {
        throw new Error('The benchmark has no network')
      },
    },
  })
}

/** The SDK's own user. */
export function userContextOf(client: Client, { userId, attributes }: BenchUser): OptimizelyUserContext {
  return client.createUserContext(userId, { ...attributes })
}

export const optimizely: Subject = {
  load(text) {
    const client = createClient(text)
    return {
      prepare(users) {
        const contexts = users.map((user) => userContextOf(client, user))
        return {
          decide: (flagKey, index) => inTest(at(contexts, index).decide(flagKey, OPTIONS)),
          decideAll: (index) =>
            Object.values(at(contexts, index).decideAll(OPTIONS)).reduce(
              (count, decision) => count + inTest(decision),
              0,
            ),
        }
      },
      close: () => client.close(),
    }
  },
}

function inTest({ enabled }: OptimizelyDecision): number {
  return enabled ? 1 : 0
}

function at(contexts: readonly OptimizelyUserContext[], index: number): OptimizelyUserContext {
  const context = contexts[index]
  if (context === undefined) throw new RangeError(`No user ${index}`)
  return context
}
