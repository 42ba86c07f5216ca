import { err, ok, type Result } from '../base/result.ts'
import type { DatafileStore, FoundDatafile } from '../store/datafile-store.ts'
import type { Failure } from './failure.ts'

/** Why there is none. */
export type NoDatafile = Extract<Failure, { code: 'datafile_not_found' | 'datafile_unavailable' }>

/** The datafile of an SDK key, or why there is none: `null` stands for a key that cannot be one. */
export async function readDatafile(
  sdkKey: string | null,
  store: DatafileStore,
): Promise<Result<FoundDatafile, NoDatafile>> {
  if (sdkKey === null) return err({ code: 'datafile_not_found' })
  const lookup = await store.read(sdkKey)
  switch (lookup.kind) {
    case 'unknown':
      return err({ code: 'datafile_not_found' })
    case 'unavailable':
      return err({ code: 'datafile_unavailable', retryAfterSeconds: lookup.retryAfterSeconds })
    case 'found':
      return ok(lookup)
  }
}
