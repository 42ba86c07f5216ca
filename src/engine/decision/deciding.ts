import { isJsonObject, type JsonValue } from '../../base/json.ts'
import type { Reasons } from './reasons.ts'
import type { DecideOptions, UserContext, UserProfile } from './user-context.ts'

/** What every step of one flag's decision is about. */
export interface Deciding {
  readonly user: UserContext
  /** What is hashed in place of the user id. */
  readonly bucketingId: string
  readonly reasons: Reasons
  /** `null` when there is no profile to read or to change, or it is to be ignored. */
  readonly sticky: StickyVariations | null
}

/** The profile that decisions of one call share: a later flag sees what an earlier one stored. */
export interface StickyVariations {
  readonly stored: UserProfile
  /** A copy with what was added, made at the first change; `null` before. */
  changed: Map<string, string> | null
  /** Takes back, last first, what the flag stored that is being decided. */
  undo: (() => void)[]
}

const BUCKETING_ID = '$opt_bucketing_id'
const EXPERIMENT_BUCKET_MAP = '$opt_experiment_bucket_map'
const NO_PROFILE: UserProfile = new Map()

/** `$opt_bucketing_id` when it is a string, also an empty one; else the user id. */
export function bucketingIdOf({ userId, attributes }: UserContext): string {
  const bucketingId = attributes[BUCKETING_ID]
  return typeof bucketingId === 'string' ? bucketingId : userId
}

/**
 * The user's profile, with the entries of `$opt_experiment_bucket_map` over it; `null` when it is to be ignored, and
 * where neither is given: an experiment that comes up twice in a call is decided the same both times, and only
 * reasons tell that the first was stored.
 */
export function stickyVariationsOf(
  { profile, attributes }: UserContext,
  { ignoreUserProfile, includeReasons }: DecideOptions,
): StickyVariations | null {
  const overrides = attributes[EXPERIMENT_BUCKET_MAP]
  if (ignoreUserProfile || (profile === undefined && !overrides && !includeReasons)) return null
  const stored = profile ?? NO_PROFILE
  return { stored: overrides ? withOverrides(stored, overrides) : stored, changed: null, undo: [] }
}

/** The id of the variation that the user had in an experiment. */
export function storedVariationId({ stored, changed }: StickyVariations, experimentId: string): string | undefined {
  return (changed ?? stored).get(experimentId)
}

/** Keeps the user in a variation from here on. */
export function storeVariation(sticky: StickyVariations, experimentId: string, variationId: string): void {
  const { changed, stored, undo } = sticky
  if (changed === null) {
    sticky.changed = new Map(stored).set(experimentId, variationId)
    undo.push(() => {
      sticky.changed = null
    })
    return
  }
  const previous = changed.get(experimentId)
  changed.set(experimentId, variationId)
  undo.push(() => {
    if (previous === undefined) changed.delete(experimentId)
    else changed.set(experimentId, previous)
  })
}

/** A flag that fails shows no variation, and so keeps the user in none. */
export function takeBack(sticky: StickyVariations): void {
  for (const step of sticky.undo.reverse()) step()
  sticky.undo = []
}

/** Whatever has entries is laid over the profile, an array and a text too; one that names no variation hides what was stored. */
function withOverrides(stored: UserProfile, overrides: object): UserProfile {
  const merged = new Map(stored)
  for (const [experimentId, entry] of Object.entries(overrides)) {
    const variationId = isJsonObject(entry) ? entry.variation_id : undefined
    if (isId(variationId)) merged.set(experimentId, String(variationId))
    else merged.delete(experimentId)
  }
  return merged
}

function isId(value: JsonValue | undefined): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}
