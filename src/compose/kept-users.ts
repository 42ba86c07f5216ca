/** Puts together what is kept of users, from the configuration. */

import type { KeptConfig } from '../platform/kept-config.ts'
import type { KvNamespace } from '../store/kv.ts'
import { createKvProfiles } from '../store/kv-profiles.ts'
import type { OverrideStore } from '../store/override-store.ts'
import type { PredictionStore } from '../store/prediction-store.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import { createDurableOverrides, createDurablePredictions, createDurableProfiles } from '../store/user-shards.ts'

export interface KeptUsers {
  readonly profiles: ProfileStore | null
  readonly overrides: OverrideStore | null
}

export function createKeptUsers({
  userProfiles,
  overrides,
  datafiles,
}: KeptConfig & { readonly datafiles: KvNamespace }): KeptUsers {
  return {
    profiles: profilesOf(userProfiles, datafiles),
    overrides: overrides === null ? null : createDurableOverrides(overrides),
  }
}

function profilesOf(userProfiles: KeptConfig['userProfiles'], kv: KvNamespace): ProfileStore | null {
  switch (userProfiles.kind) {
    case 'off':
      return null
    case 'kv':
      return createKvProfiles(kv)
    case 'durable-object':
      return createDurableProfiles(userProfiles.users)
  }
}

/** Where profiles are in Durable Objects, what bandits said is there too: KV would show it to other isolates too late. `null`: nowhere. */
export function createKeptPredictions({ userProfiles }: Pick<KeptConfig, 'userProfiles'>): PredictionStore | null {
  return userProfiles.kind === 'durable-object' ? createDurablePredictions(userProfiles.users) : null
}
