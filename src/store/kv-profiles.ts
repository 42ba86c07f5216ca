import type { UserProfile } from '../engine/index.ts'
import { inTime } from './in-time.ts'
import { keptJson, parseKept, withEntries } from './kept-texts.ts'
import { profileKey } from './keys.ts'
import type { KvNamespace } from './kv.ts'
import type { ProfileStore } from './profile-store.ts'
import { sha256Hex } from './sha256.ts'

/**
 * Profiles in KV, which is read everywhere and shows a write late: up to a minute and more in other places, so that
 * somebody who is seen in two places at once may be decided twice. Of assignments at the same moment one may be lost.
 */
export function createKvProfiles(kv: Pick<KvNamespace, 'getWithMetadata' | 'put'>): ProfileStore {
  async function read(sdkKey: string, userId: string): Promise<UserProfile | null> {
    const { value } = await inTime(kv.getWithMetadata(await keyOf(sdkKey, userId), READ))
    if (value === null) return null
    const profile = parseKept(value)
    if (profile === null) throw new Error('What is stored is not a profile.')
    return profile
  }
  async function save(sdkKey: string, userId: string, profile: UserProfile): Promise<void> {
    await inTime(kv.put(await keyOf(sdkKey, userId), keptJson(withEntries(NONE, profile))))
  }
  return {
    read,
    save,
    assign: async (sdkKey, userId, assignments) =>
      save(sdkKey, userId, withEntries((await read(sdkKey, userId)) ?? NONE, assignments)),
  }
}

const NONE: UserProfile = new Map()
/** As fresh as KV allows. */
const READ = { type: 'text', cacheTtl: 30 } as const

async function keyOf(sdkKey: string, userId: string): Promise<string> {
  return profileKey(sdkKey, await sha256Hex(userId))
}
