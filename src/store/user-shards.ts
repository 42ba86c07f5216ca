import { inTime } from './in-time.ts'
import type { KeptTexts } from './kept-texts.ts'
import type { ObjectNamespace } from './object-namespace.ts'
import type { OverrideStore } from './override-store.ts'
import type { PredictionStore } from './prediction-store.ts'
import type { ProfileStore } from './profile-store.ts'
import { sha256Hex } from './sha256.ts'
import type { UserShardCalls } from './user-shard-calls.ts'

/**
 * Users of an SDK key are spread over so many objects. One object answers some 1,000 requests a second, and lives in one
 * place: 64 of them are more than any one SDK key asks, and few enough that each stays awake. An object for each user
 * would be started anew with nearly every decision. Another number would look for all users elsewhere.
 */
export const SHARDS_PER_SDK_KEY = 64

/** Profiles in Durable Objects: what was saved is what is read next, wherever. */
export function createDurableProfiles(namespace: ObjectNamespace<UserShardCalls>): ProfileStore {
  return {
    read: (sdkKey, userId) => ask(namespace, { sdkKey, userId }, (shard, user) => shard.read('profile', user)),
    save: (sdkKey, userId, profile) =>
      ask(namespace, { sdkKey, userId }, (shard, user) => shard.replace('profile', user, profile)),
    assign: (sdkKey, userId, assignments) =>
      ask(namespace, { sdkKey, userId }, (shard, user) => shard.add('profile', user, assignments)),
  }
}

/** Overrides in Durable Objects. */
export function createDurableOverrides(namespace: ObjectNamespace<UserShardCalls>): OverrideStore {
  return {
    read: async (sdkKey, userId) =>
      (await ask(namespace, { sdkKey, userId }, (shard, user) => shard.read('overrides', user))) ?? NONE,
    set: (key, value) =>
      ask(namespace, key, (shard, user) => shard.set('overrides', user, { key: key.experimentKey, value })),
  }
}

/** What was predicted, in Durable Objects. */
export function createDurablePredictions(namespace: ObjectNamespace<UserShardCalls>): PredictionStore {
  return {
    read: async (sdkKey, userId) =>
      (await ask(namespace, { sdkKey, userId }, (shard, user) => shard.read('predictions', user))) ?? NONE,
    settle: (place, { seen, text }) =>
      ask(namespace, place, (shard, user) => shard.swap('predictions', user, { key: place.ruleId, seen, value: text })),
  }
}

const NONE: KeptTexts = new Map()

/** A stub that has failed may go on failing: each call gets its own. */
async function ask<Value>(
  namespace: ObjectNamespace<UserShardCalls>,
  { sdkKey, userId }: { readonly sdkKey: string; readonly userId: string },
  call: (shard: UserShardCalls, user: string) => Promise<Value>,
): Promise<Value> {
  const user = await sha256Hex(userId)
  const number = Number.parseInt(user.slice(0, 2), 16) % SHARDS_PER_SDK_KEY
  return await inTime(call(namespace.getByName(`${sdkKey}/${number}`), user))
}
