/** Puts together what pulls datafiles from where they are published, where it is configured. */

import type { DatafileActions } from '../admin/datafile-actions.ts'
import { createDatafileUpdates, type DatafileUpdates } from '../admin/datafile-updates.ts'
import { pullAll } from '../admin/pull-all.ts'
import { createPuller } from '../admin/pull-datafile.ts'
import { createPullThroughStore } from '../admin/pull-through-store.ts'
import type { UpdateSettings } from '../admin/update-settings.ts'
import type { Log } from '../base/log.ts'
import type { CachedStore } from '../store/cached.ts'
import type { DatafileStore } from '../store/datafile-store.ts'
import type { KvNamespace } from '../store/kv.ts'

export interface DatafilePulling {
  /** The store, which also pulls what it does not have. */
  readonly store: DatafileStore
  readonly updates: DatafileUpdates | null
  /** Takes over what is published of the keys that are known. */
  readonly pullAll: () => Promise<void>
}

export interface PullingWorld {
  readonly store: CachedStore
  readonly datafiles: DatafileActions
  readonly kv: KvNamespace
  readonly maxDatafileBytes: number
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly clock: () => number
  readonly random: () => number
  readonly wait: (ms: number) => Promise<void>
  readonly background: (task: Promise<unknown>) => void
  readonly log: Log
}

export function createDatafilePulling(settings: UpdateSettings | null, world: PullingWorld): DatafilePulling {
  const { store, log } = world
  if (settings === null) return { store, updates: null, pullAll: async () => {} }
  const puller = createPuller({ ...world, settings })
  return {
    store: createPullThroughStore({ ...world, puller }),
    updates: createDatafileUpdates({ ...world, projects: settings.projects, puller, served: store }),
    pullAll: () => pullAll(settings.sdkKeys, puller, log),
  }
}
