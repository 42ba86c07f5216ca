/**
 * The judge: the JavaScript SDK that the engine has to equal, behind the same interface as the engine.
 * It works synchronously, without network, events, timers or log.
 */
import * as sdk from '@optimizely/optimizely-sdk/universal'
import { isJsonObject } from '../../src/base/json.ts'
import type { DecideOptions, UserContext, UserProfile } from '../../src/engine/index.ts'
import {
  type Answer,
  type Ask,
  type FlagAnswer,
  type Loaded,
  type Question,
  type SavedEntry,
  sortedEntries,
} from './case.ts'

type SavedProfile = Parameters<sdk.UserProfileService['save']>[0]

/** What the client's profile service looks up and was given; a client is made once per datafile, not per user. */
export interface ProfileStore {
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
  if (isNotReady(client)) return { kind: 'refused', message: NOT_READY }
  return { kind: 'loaded', decide: (question) => decideWith(client, store, question) }
}

/** What every decision of a client says that could not read its datafile. */
const NOT_READY = 'Optimizely SDK not configured properly yet.'

export function isNotReady(client: sdk.Client): boolean {
  return client.createUserContext('').decide(' no flag ').reasons.includes(NOT_READY)
}

/** A client that sends what counts to `eventProcessor`, if there is one. */
export function createClient(
  datafile: string,
  store: ProfileStore,
  eventProcessor?: ReturnType<typeof sdk.createForwardingEventProcessor>,
): sdk.Client {
  return sdk.createInstance({
    projectConfigManager: sdk.createStaticProjectConfigManager({ datafile }),
    ...(eventProcessor && { eventProcessor }),
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

export function bucketMapOf(profile: UserProfile | undefined): SavedProfile['experiment_bucket_map'] {
  const entries = [...(profile ?? [])]
  return Object.fromEntries(entries.map(([experimentId, id]) => [experimentId, { variation_id: id }]))
}

function decideWith(client: sdk.Client, store: ProfileStore, { user, ask, options }: Question): Answer {
  store.stored = user.profile
  store.saved = null
  try {
    const decisions = decisionsFor(contextOf(client, user), ask, sdkOptions(options))
    // Without a profile service there is nobody to save to; the SDK decides as if the profile were empty.
    const profile = user.profile === undefined ? null : savedEntries(store.saved)
    return { kind: 'answered', flags: decisions.map(flagAnswer), profile }
  } catch (cause) {
    return { kind: 'threw', message: messageOf(cause) }
  }
}

export function decisionsFor(
  context: sdk.OptimizelyUserContext,
  ask: Ask,
  options: sdk.OptimizelyDecideOption[],
): readonly sdk.OptimizelyDecision[] {
  switch (ask.kind) {
    case 'one':
      return [context.decide(ask.flagKey, options)]
    case 'several':
      return inOrderAsked(ask.flagKeys, context.decideForKeys([...ask.flagKeys], options))
    case 'all':
      return Object.values(context.decideAll(options))
  }
}

/**
 * The SDK answers with an object, whose own order (failures first, integer-like keys in front) tells nothing:
 * callers look decisions up by key. The order of all flags is another matter, it is that of the datafile.
 */
export function inOrderAsked(
  flagKeys: readonly string[],
  decisions: Readonly<Record<string, sdk.OptimizelyDecision>>,
): readonly sdk.OptimizelyDecision[] {
  return [...new Set(flagKeys)].flatMap((key) => decisions[key] ?? [])
}

export function contextOf(client: sdk.Client, user: UserContext): sdk.OptimizelyUserContext {
  // Values of types that the SDK's own do not allow are among what is compared.
  const attributes = { ...user.attributes } as sdk.UserAttributes
  const context = client.createUserContext(user.userId, attributes)
  if (user.qualifiedSegments !== undefined) {
    context.qualifiedSegments = user.qualifiedSegments === null ? null : [...user.qualifiedSegments]
  }
  for (const { flagKey, ruleKey, variationKey } of user.forcedDecisions ?? []) {
    context.setForcedDecision(ruleKey == null ? { flagKey } : { flagKey, ruleKey }, { variationKey })
  }
  return context
}

/** What is decided counts for nothing unless that is left out again. */
export function sdkOptions(options: DecideOptions): sdk.OptimizelyDecideOption[] {
  const option = sdk.OptimizelyDecideOption
  const chosen = [option.DISABLE_DECISION_EVENT]
  if (options.includeReasons) chosen.push(option.INCLUDE_REASONS)
  if (options.excludeVariables) chosen.push(option.EXCLUDE_VARIABLES)
  if (options.enabledFlagsOnly) chosen.push(option.ENABLED_FLAGS_ONLY)
  if (options.ignoreUserProfile) chosen.push(option.IGNORE_USER_PROFILE_SERVICE)
  return chosen
}

export function flagAnswer(decision: sdk.OptimizelyDecision): FlagAnswer {
  const { flagKey, enabled, variationKey, ruleKey, variables, reasons } = decision
  return { flagKey, enabled, variationKey, ruleKey, variables, reasons: [...reasons] }
}

export function savedEntries(saved: SavedProfile | null): readonly SavedEntry[] | null {
  if (saved === null) return null
  const entries = Object.entries(saved.experiment_bucket_map)
  return sortedEntries(entries.flatMap(([experimentId, entry]) => savedEntry(experimentId, entry)))
}

/** What the attribute `$opt_experiment_bucket_map` holds beside variation ids is saved with them, and means nothing. */
function savedEntry(experimentId: string, entry: unknown): readonly SavedEntry[] {
  const id = isJsonObject(entry) ? entry.variation_id : undefined
  return typeof id === 'string' || typeof id === 'number' ? [[experimentId, String(id)]] : []
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
