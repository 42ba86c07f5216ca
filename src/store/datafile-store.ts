import type { Datafile, Project } from '../engine/index.ts'

/** Where the API gets its datafiles: the one port between deciding and storage. */
export interface DatafileStore {
  /**
   * The datafile to decide with, as fresh as can be had within the store's time limits.
   * Never rejects: a store that is down answers with what it has, or `unavailable`.
   * A value rather than a promise when memory will do, which is nearly always.
   */
  read(sdkKey: string): Lookup | Promise<Lookup>
}

/** What a look-up found. */
export type Lookup = FoundDatafile | { readonly kind: 'unknown' } | UnavailableDatafile

export interface FoundDatafile {
  readonly kind: 'found'
  readonly datafile: LoadedDatafile
  readonly source: DatafileSource
  /** Since the datafile was last confirmed with KV, in milliseconds. */
  readonly ageMs: number
  /** How long this look-up waited for KV, in milliseconds. */
  readonly waitMs: number
}

/** KV is down and this isolate has nothing: try again. */
export interface UnavailableDatafile {
  readonly kind: 'unavailable'
  readonly retryAfterSeconds: number
}

/**
 * `memory`: as fresh as it is meant to be. `kv`: read for this request. `stale`: from memory, and being refreshed, or KV is
 * late or broken. `last-good`: KV's second copy. `bundled`: came with the deploy.
 */
export type DatafileSource = 'memory' | 'kv' | 'stale' | 'last-good' | 'bundled'

/** Where a datafile in memory came from. */
export type DatafileOrigin = Extract<DatafileSource, 'kv' | 'last-good' | 'bundled'>

/** A datafile that has been parsed and compiled, with the stamp of its write. */
export interface LoadedDatafile {
  readonly datafile: Datafile
  readonly project: Project
  readonly stamp: Stamp
  /** Length of the text, in UTF-16 code units: what it weighs in memory is in proportion. */
  readonly textUnits: number
}

/** Orders the writes of one SDK key: generation first, then revision, then hash (docs/storage.md). */
export interface Stamp {
  /** Milliseconds-like and strictly rising per SDK key; 0 for a value written without metadata. */
  readonly generation: number
  readonly revision: string
  /** Hex SHA-256 of the text in UTF-8. */
  readonly sha256: string
}

/** What is known of one SDK key in this isolate, without asking KV. */
export interface DatafileHealth {
  readonly sdkKey: string
  /** `null` where there is no datafile to decide with. */
  readonly revision: string | null
  readonly generation: number | null
  /** Since KV last confirmed the datafile, in milliseconds. */
  readonly ageMs: number | null
  readonly origin: DatafileOrigin | null
  /** Why the newest attempt to read KV was no use; `null` after one that was. */
  readonly lastError: string | null
}
