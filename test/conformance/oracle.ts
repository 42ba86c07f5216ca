/**
 * The judge: the JavaScript SDK that the engine has to equal, behind the same interface as the engine.
 * It works synchronously, without network, events, timers or log.
 */
import * as sdk from '@optimizely/optimizely-sdk/universal'
import type { DecideOptions, UserContext, UserProfile } from '../../src/engine/index.ts'
import { type Answer, type FlagAnswer, type Loaded, type Question, type SavedEntry, sortedEntries } from './case.ts'

type SavedProfile = Parameters<sdk.UserProfileService['save']>[0]

/** What the client's profile service looks up and was given; a client is made once per datafile, not per user. */
interface ProfileStore {
  stored: UserProfile | undefined
  saved: SavedProfile | null
}

/** Loads a text of JSON, as the SDK gets it from its CDN. */
export function loadOracle(datafile: string): Loaded {
  const store: ProfileStore = { stored: undefined, saved: null }
  let client: sdk.Client
  try {
    client = createClient(datafile, store)
  } catch (cause) {
    return { kind: 'refused', message: messageOf(cause) }
  }
  if (client.getOptimizelyConfig() === null) return { kind: 'refused', message: 'The datafile is not usable.' }
  return { kind: 'loaded', decide: (question) => decideWith(client, store, question) }
}

function createClient(datafile: string, store: ProfileStore): sdk.Client {
  return sdk.createInstance({
    projectConfigManager: sdk.createStaticProjectConfigManager({ datafile }),
    requestHandler: {
      makeRequest: () => {
        throw new Error('A decision has no network.')
      },
    },
    userProfileService: {
      lookup: (userId) => ({ user_id: userId, experiment_bucket_map: bucketMapOf(store.stored) }),
      save: (profile) => {
        store.saved = profile
      },
    },
  })
}

function bucketMapOf(profile: UserProfile | undefined): SavedProfile['experiment_bucket_map'] {
  const entries = [...(profile ?? [])]
  return Object.fromEntries(entries.map(([experimentId, id]) => [experimentId, { variation_id: id }]))
}

function decideWith(client: sdk.Client, store: ProfileStore, { user, ask, options }: Question): Answer {
  store.stored = user.profile
  store.saved = null
  const context = contextOf(client, user)
  const chosen = sdkOptions(options)
  try {
    const decisions =
      ask.kind === 'all'
        ? Object.values(context.decideAll(chosen))
        : ask.kind === 'several'
          ? Object.values(context.decideForKeys([...ask.flagKeys], chosen))
          : [context.decide(ask.flagKey, chosen)]
    return { kind: 'answered', flags: decisions.map(flagAnswer), profile: savedEntries(store.saved) }
  } catch (cause) {
    return { kind: 'threw', message: messageOf(cause) }
  }
}

function contextOf(client: sdk.Client, user: UserContext): sdk.OptimizelyUserContext {
  const context = client.createUserContext(user.userId, { ...user.attributes })
  if (user.qualifiedSegments !== undefined) {
    context.qualifiedSegments = user.qualifiedSegments === null ? null : [...user.qualifiedSegments]
  }
  for (const { flagKey, ruleKey, variationKey } of user.forcedDecisions ?? []) {
    context.setForcedDecision(ruleKey == null ? { flagKey } : { flagKey, ruleKey }, { variationKey })
  }
  return context
}

function sdkOptions(options: DecideOptions): sdk.OptimizelyDecideOption[] {
  const option = sdk.OptimizelyDecideOption
  const chosen = [option.DISABLE_DECISION_EVENT]
  if (options.includeReasons) chosen.push(option.INCLUDE_REASONS)
  if (options.excludeVariables) chosen.push(option.EXCLUDE_VARIABLES)
  if (options.enabledFlagsOnly) chosen.push(option.ENABLED_FLAGS_ONLY)
  if (options.ignoreUserProfile) chosen.push(option.IGNORE_USER_PROFILE_SERVICE)
  return chosen
}

function flagAnswer(decision: sdk.OptimizelyDecision): FlagAnswer {
  const { flagKey, enabled, variationKey, ruleKey, variables, reasons } = decision
  return { flagKey, enabled, variationKey, ruleKey, variables, reasons: [...reasons] }
}

function savedEntries(saved: SavedProfile | null): readonly SavedEntry[] | null {
  if (saved === null) return null
  const entries = Object.entries(saved.experiment_bucket_map)
  return sortedEntries(entries.map(([experimentId, entry]) => [experimentId, entry.variation_id]))
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
