import type { UserProfile } from '../../src/engine/index.ts'
import type { ProfileStore } from '../../src/store/profile-store.ts'

/** Profiles for as long as a test takes, and how often they were asked for. */
export interface MemoryProfileStore extends ProfileStore {
  readonly calls: { reads: number; saves: number }
  /** From here on everything fails. */
  breakDown(): void
}

export function createMemoryProfileStore(): MemoryProfileStore {
  const profiles = new Map<string, UserProfile>()
  const calls = { reads: 0, saves: 0 }
  let isDown = false
  return {
    calls,
    breakDown() {
      isDown = true
    },
    async read(sdkKey, userId) {
      calls.reads++
      if (isDown) throw new Error('The profiles are down.')
      return profiles.get(JSON.stringify([sdkKey, userId])) ?? null
    },
    async save(sdkKey, userId, profile) {
      calls.saves++
      if (isDown) throw new Error('The profiles are down.')
      profiles.set(JSON.stringify([sdkKey, userId]), new Map(profile))
    },
    async assign(sdkKey, userId, assignments) {
      calls.saves++
      if (isDown) throw new Error('The profiles are down.')
      const id = JSON.stringify([sdkKey, userId])
      profiles.set(id, new Map([...(profiles.get(id) ?? []), ...assignments]))
    },
  }
}
