/** Both sides with a network on which contextual bandits answer: the SDK's decisions that wait, and the Agent's of ours. */
import * as sdk from '@optimizely/optimizely-sdk/universal'
import { decideWithPredictions } from '../../src/api/agent/agent-predictions.ts'
import { parseJson } from '../../src/base/json.ts'
import { compile, decide, decideAll, decideForKeys, parseDatafile, type UserContext } from '../../src/engine/index.ts'
import { createPredictor } from '../../src/remote/cached-predictor.ts'
import type { CacheUse } from '../../src/remote/predictor.ts'
import { type FlagAnswer, type Question, type SavedEntry, sortedEntries } from './case.ts'
import {
  bucketMapOf,
  contextOf,
  flagAnswer,
  inOrderAsked,
  isNotReady,
  type ProfileStore,
  savedEntries,
  sdkOptions,
} from './oracle.ts'

/** What a prediction endpoint answers. */
export interface Predicted {
  readonly status: number
  readonly body: string
}

/** The endpoint: the same answer to the same question, whoever asks. */
export type Endpoint = (url: string, body: string) => Predicted

export interface WaitingAnswer {
  readonly flags: readonly FlagAnswer[]
  readonly profile: readonly SavedEntry[] | null
  /** What the endpoint was asked, each once, but for the uuid. */
  readonly asked: readonly string[]
}

export type WaitingDecider = (question: Question, cache: CacheUse) => Promise<WaitingAnswer>

/** `null` where the SDK refuses the datafile. */
export function loadWaitingOracle(datafile: string, endpoint: Endpoint): WaitingDecider | null {
  const store: ProfileStore = { stored: undefined, saved: null }
  const asked = new Set<string>()
  const makeRequest: sdk.RequestHandler['makeRequest'] = (url, _headers, _method, body = '') => {
    asked.add(questionText(url, body))
    const { status, body: text } = endpoint(url, body)
    return { abort: () => {}, responsePromise: Promise.resolve({ statusCode: status, body: text, headers: {} }) }
  }
  const client = clientOf(datafile, store, { makeRequest })
  if (client === null) return null
  return async ({ user, ask, options }, cache) => {
    store.stored = user.profile
    store.saved = null
    asked.clear()
    const context = contextOf(client, user)
    const chosen = [...sdkOptions(options), ...cacheOptions(cache)]
    const decisions = await waited(context, ask, chosen)
    const profile = user.profile === undefined ? null : savedEntries(store.saved)
    return { flags: decisions.map(flagAnswer), profile, asked: [...asked].sort() }
  }
}

function clientOf(datafile: string, store: ProfileStore, handler: sdk.RequestHandler): sdk.Client | null {
  try {
    const client = sdk.createInstance({
      projectConfigManager: sdk.createStaticProjectConfigManager({ datafile }),
      requestHandler: handler,
      userProfileService: {
        lookup: (userId) => ({ user_id: userId, experiment_bucket_map: bucketMapOf(store.stored) }),
        save: (profile) => {
          store.saved = profile
        },
      },
    })
    return isNotReady(client) ? null : client
  } catch {
    return null
  }
}

async function waited(
  context: sdk.OptimizelyUserContext,
  ask: Question['ask'],
  options: sdk.OptimizelyDecideOption[],
): Promise<readonly sdk.OptimizelyDecision[]> {
  switch (ask.kind) {
    case 'one':
      return [await context.decideAsync(ask.flagKey, options)]
    case 'several':
      return inOrderAsked(ask.flagKeys, await context.decideForKeysAsync([...ask.flagKeys], options))
    case 'all':
      return Object.values(await context.decideAllAsync(options))
  }
}

function cacheOptions({ ignore, reset, invalidateUser }: CacheUse): sdk.OptimizelyDecideOption[] {
  const names = [
    ...(ignore ? ['IGNORE_CMAB_CACHE'] : []),
    ...(reset ? ['RESET_CMAB_CACHE'] : []),
    ...(invalidateUser ? ['INVALIDATE_USER_CMAB_CACHE'] : []),
  ]
  return names as sdk.OptimizelyDecideOption[]
}

/** `null` where the engine refuses the datafile. */
export function loadWaitingEngine(datafile: string, endpoint: Endpoint): WaitingDecider | null {
  const json = parseJson(datafile)
  if (!json.ok) return null
  const parsed = parseDatafile(json.value)
  if (!parsed.ok) return null
  const project = compile(parsed.value.datafile)
  const asked = new Set<string>()
  const predictor = createPredictor({
    kept: null,
    urlOf: (ruleId) => `https://prediction.cmab.optimizely.com/predict/${ruleId}`,
    fetch: async (url, { body }) => {
      asked.add(questionText(url, String(body)))
      const { status, body: text } = endpoint(url, String(body))
      return new Response(text, { status })
    },
    wait: async () => {},
    newId: () => crypto.randomUUID(),
    clock: () => 0,
    log: () => {},
  })
  const found = { datafile: { project } }
  return async ({ user, ask, options }, cache) => {
    asked.clear()
    const decideOnce = (known: UserContext) => {
      if (ask.kind === 'all') return decideAll(project, known, options)
      if (ask.kind === 'several') return decideForKeys(project, ask.flagKeys, known, options)
      const { decision, profile } = decide(project, ask.flagKey, known, options)
      return { decisions: new Map([[ask.flagKey, decision]]), profile }
    }
    const { decisions, profile } = await decideWithPredictions(
      decideOnce,
      { user, cache },
      { sdkKey: 'k', found, api: { predictor } },
    )
    const flags = Array.from(decisions.values(), (decision) => {
      const { flagKey, enabled, variationKey, ruleKey, variables, reasons } = decision
      return { flagKey, enabled, variationKey, ruleKey, variables, reasons }
    })
    return { flags, profile: profile === null ? null : sortedEntries(profile), asked: [...asked].sort() }
  }
}

function questionText(url: string, body: string): string {
  return `${url} ${body.replace(/"cmabUUID":"[^"]*"/, '')}`
}
