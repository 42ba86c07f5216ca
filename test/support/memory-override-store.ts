import type { OverrideStore } from '../../src/store/override-store.ts'

export interface MemoryOverrideStore extends OverrideStore {
  /** From here on everything fails. */
  breakDown(): void
}

/** Overrides for as long as a test takes. */
export function createMemoryOverrideStore(): MemoryOverrideStore {
  const users = new Map<string, Map<string, string>>()
  let isDown = false
  return {
    breakDown() {
      isDown = true
    },
    async read(sdkKey, userId) {
      if (isDown) throw new Error('The overrides are down.')
      return users.get(JSON.stringify([sdkKey, userId])) ?? new Map()
    },
    async set({ sdkKey, userId, experimentKey }, variationKey) {
      if (isDown) throw new Error('The overrides are down.')
      const id = JSON.stringify([sdkKey, userId])
      const overrides = users.get(id) ?? new Map<string, string>()
      users.set(id, overrides)
      const previous = overrides.get(experimentKey) ?? null
      if (variationKey === null) overrides.delete(experimentKey)
      else overrides.set(experimentKey, variationKey)
      return previous
    },
  }
}
