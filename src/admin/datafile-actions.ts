import type { Issue, Project } from '../engine/index.ts'
import type { Stamp } from '../store/datafile-store.ts'

/** What an administrator can do to the datafile of an SDK key. None of these reject. */
export interface DatafileActions {
  /** Stores a datafile, given as the bytes of a request or file, once it has been parsed and compiled. */
  put(sdkKey: string, bytes: Uint8Array, options: PutOptions): Promise<PutOutcome>
  /** Stores a datafile that is published elsewhere. A key that an operator has deleted stays deleted. */
  takeOver(sdkKey: string, bytes: Uint8Array, published: Published): Promise<PutOutcome>
  /** The stored text, as KV has it now. */
  get(sdkKey: string): Promise<GetOutcome>
  /** Revokes the SDK key: from now on it is unknown, whatever copies are left. */
  remove(sdkKey: string): Promise<RemoveOutcome>
}

export interface PutOptions {
  /** Accept a revision older than the stored one: a rollback. */
  readonly force: boolean
}

export interface Published {
  /** What was announced: anything older is not it. `null`: whatever is published. */
  readonly leastRevision: string | null
}

export type PutOutcome = AcceptedDatafile | InvalidDatafile | OlderDatafile | StorageUnavailable | RevokedKey

export interface AcceptedDatafile {
  readonly kind: 'accepted'
  readonly revision: string
  readonly generation: number
  readonly counts: Project['counts']
  /** What is odd in the datafile and was accepted all the same. */
  readonly warnings: readonly Issue[]
  /** Size of the stored text in UTF-8. */
  readonly bytes: number
  /** True when the stored text was the same already: the generation stays what it was. */
  readonly unchanged: boolean
}

/** The datafile cannot be used; nothing was written. */
export interface InvalidDatafile {
  readonly kind: 'invalid'
  readonly issues: readonly Issue[]
}

/** The SDK key was deleted, and what is published does not bring it back; nothing was written. */
export interface RevokedKey {
  readonly kind: 'revoked'
}

/** What is stored, or was announced, has a higher revision; nothing was written. */
export interface OlderDatafile {
  readonly kind: 'older'
  readonly revision: string
  readonly storedRevision: string
}

/** KV failed. What was stored before is still in force, unless the message says otherwise. */
export interface StorageUnavailable {
  readonly kind: 'unavailable'
  readonly message: string
}

export type GetOutcome =
  | { readonly kind: 'found'; readonly text: string; readonly stamp: Stamp }
  | { readonly kind: 'unknown' }
  | StorageUnavailable

export type RemoveOutcome =
  | { readonly kind: 'removed'; readonly generation: number }
  | { readonly kind: 'unknown' }
  | StorageUnavailable
