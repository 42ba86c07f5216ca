import type { UserProfile } from '../engine/index.ts'

/**
 * Where sticky assignments are kept, by SDK key and user. What was saved is read from then on, in every isolate, unless
 * whoever implements it says otherwise. Waits are bounded by whoever implements it; what fails rejects.
 */
export interface ProfileStore {
  /** `null` for a user that has none. */
  read(sdkKey: string, userId: string): Promise<UserProfile | null>
  /** Takes the place of what was there; an empty profile leaves nothing. */
  save(sdkKey: string, userId: string, profile: UserProfile): Promise<void>
  /** Adds to what is there, so that two decisions at the same moment keep what each assigned. */
  assign(sdkKey: string, userId: string, assignments: UserProfile): Promise<void>
}
