import { isJsonObject, type JsonValue } from '../../base/json.ts'
import type { Reasons } from './reasons.ts'
import type { Attributes, DecideOptions, UserContext, UserProfile } from './user-context.ts'

/** What every step of one flag's decision is about. */
export interface Deciding {
  readonly user: UserContext
  /** What is hashed in place of the user id. */
  readonly bucketingId: string
  readonly reasons: Reasons
  /** `null` when the profile is to be ignored. */
  readonly sticky: StickyVariations | null
}

/** The profile that decisions of one call share: a later flag sees what an earlier one stored. */
export interface StickyVariations {
  readonly stored: UserProfile
  /** A copy with what was added, made at the first change; `null` before. */
  changed: Map<string, string> | null
}

const BUCKETING_ID = '$opt_bucketing_id'
const EXPERIMENT_BUCKET_MAP = '$opt_experiment_bucket_map'
const NO_PROFILE: UserProfile = new Map()

/** `$opt_bucketing_id` when it is a string, also an empty one; else the user id. */
export function bucketingIdOf({ userId, attributes }: UserContext): string {
  const bucketingId = attributes[BUCKETING_ID]
  return typeof bucketingId === 'string' ? bucketingId : userId
}

/** Whether there is a profile that a single decision could read or change. */
export function keepsProfile({ profile, attributes }: UserContext): boolean {
  return profile !== undefined || attributes[EXPERIMENT_BUCKET_MAP] !== undefined
}

/** The user's profile, with the entries of `$opt_experiment_bucket_map` over it; `null` when it is to be ignored. */
export function stickyVariationsOf(
  { profile, attributes }: UserContext,
  { ignoreUserProfile }: DecideOptions,
): StickyVariations | null {
  if (ignoreUserProfile) return null
  const overrides = attributes[EXPERIMENT_BUCKET_MAP]
  const stored = profile ?? NO_PROFILE
  return { stored: isJsonObject(overrides) ? withOverrides(stored, overrides) : stored, changed: null }
}

/** The id of the variation that the user had in an experiment. */
export function storedVariationId({ stored, changed }: StickyVariations, experimentId: string): string | undefined {
  return (changed ?? stored).get(experimentId)
}

/** Keeps the user in a variation from here on. */
export function storeVariation(sticky: StickyVariations, experimentId: string, variationId: string): void {
  sticky.changed ??= new Map(sticky.stored)
  sticky.changed.set(experimentId, variationId)
}

function withOverrides(stored: UserProfile, overrides: Attributes): UserProfile {
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
