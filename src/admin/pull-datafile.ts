import { reasonOf } from '../base/reason.ts'
import { unreachable } from '../base/unreachable.ts'
import { datafileKey } from '../store/keys.ts'
import type { KvNamespace } from '../store/kv.ts'
import { parseMetadata } from '../store/stamp.ts'
import type { DatafileActions, InvalidDatafile, PutOutcome } from './datafile-actions.ts'
import { type FetchDatafileOptions, type Fetched, fetchDatafile } from './fetch-datafile.ts'
import { afterFailure, isPaused, NEVER_PULLED, type PullState, readPullState, writePullState } from './pull-state.ts'

/** Takes datafiles over from where they are published. Whatever goes wrong, the one in force stays. */
export interface Puller {
  /** Never rejects. */
  pull(sdkKey: string, ask: PullRequest): Promise<PullOutcome>
}

export interface PullRequest {
  /** Ask only for what is newer than what was pulled last, and not before a failure's pause is over. */
  readonly isRoutine: boolean
  /** What is announced: an older one is not what was meant. `null`: whatever is there. */
  readonly leastRevision: string | null
}

export type PullOutcome =
  | { readonly kind: 'written'; readonly revision: string; readonly unchanged: boolean }
  | { readonly kind: 'not-modified' }
  /** A failure's pause is not over. */
  | { readonly kind: 'paused' }
  /** An operator has deleted the key, and only an operator brings it back. */
  | { readonly kind: 'revoked' }
  /** None is published under this key. */
  | { readonly kind: 'unknown' }
  /** What is published is older than what is in force, or than what was announced. */
  | { readonly kind: 'older'; readonly revision: string; readonly storedRevision: string }
  | { readonly kind: 'failed'; readonly message: string }

export interface PullerOptions extends FetchDatafileOptions {
  readonly kv: KvNamespace
  readonly datafiles: Pick<DatafileActions, 'takeOver'>
  /** From 0 up to 1: spreads attempts. */
  readonly random: () => number
}

/** Makes what pulls datafiles into KV. */
export function createPuller(options: PullerOptions): Puller {
  return {
    async pull(sdkKey, ask) {
      try {
        return await pull(options, sdkKey, ask)
      } catch (cause) {
        return { kind: 'failed', message: `KV failed: ${reasonOf(cause)}` }
      }
    },
  }
}

async function pull(options: PullerOptions, sdkKey: string, ask: PullRequest): Promise<PullOutcome> {
  const { kv, clock } = options
  const before = await readPullState(kv, sdkKey)
  if (ask.isRoutine && isPaused(before, clock())) return { kind: 'paused' }
  const fetched = await fetchNews(options, sdkKey, ask.isRoutine ? before.lastModified : null)
  const outcome = await outcomeOf(fetched, options, { sdkKey, leastRevision: ask.leastRevision })
  await writePullState(kv, sdkKey, { before, after: stateAfter(before, { ask, fetched, outcome }, options) })
  return outcome
}

/** What has not changed since it was pulled is pulled again all the same where KV has lost it. */
async function fetchNews(options: PullerOptions, sdkKey: string, lastModified: string | null): Promise<Fetched> {
  const fetched = await fetchDatafile(options, sdkKey, lastModified)
  if (fetched.kind !== 'not-modified') return fetched
  const { value, metadata } = await options.kv.getWithMetadata(datafileKey(sdkKey), { type: 'text', cacheTtl: 30 })
  const isLost = value === null && parseMetadata(metadata) === null
  return isLost ? await fetchDatafile(options, sdkKey, null) : fetched
}

async function outcomeOf(
  fetched: Fetched,
  { datafiles }: PullerOptions,
  { sdkKey, leastRevision }: { readonly sdkKey: string; readonly leastRevision: string | null },
): Promise<PullOutcome> {
  if (fetched.kind !== 'fetched') return fetched
  const outcome = await datafiles.takeOver(sdkKey, fetched.bytes, { leastRevision })
  return outcome.kind === 'accepted' ? { ...outcome, kind: 'written' } : refused(outcome)
}

function refused(outcome: Exclude<PutOutcome, { kind: 'accepted' }>): PullOutcome {
  switch (outcome.kind) {
    case 'revoked':
    case 'older':
      return outcome
    case 'unavailable':
      return { kind: 'failed', message: outcome.message }
    case 'invalid':
      return { kind: 'failed', message: `What is published cannot be used: ${firstOf(outcome)}` }
    default:
      return unreachable(outcome)
  }
}

function firstOf({ issues }: InvalidDatafile): string {
  const [first] = issues
  const where =
    first === undefined ? 'nothing' : `${first.path || 'the top'} should be ${first.expected}, is ${first.found}`
  return issues.length > 1 ? `${where}, and ${issues.length - 1} more` : where
}

interface Pulled {
  readonly ask: PullRequest
  readonly fetched: Fetched
  readonly outcome: PullOutcome
}

/**
 * After a failure of the routine a pause; after anything else the next time is as usual. Of what was asked besides
 * nothing is kept, as the keys may be made up.
 */
function stateAfter(before: PullState, { ask, fetched, outcome }: Pulled, { clock, random }: PullerOptions): PullState {
  if (outcome.kind === 'failed' || outcome.kind === 'unknown') {
    if (!ask.isRoutine) return before
    const error = outcome.kind === 'failed' ? outcome.message : 'No datafile is published under this key'
    const pauseMs = fetched.kind === 'failed' ? fetched.retryAfterMs : 0
    return afterFailure(before, { error, nowMs: clock(), pauseMs, random: random() })
  }
  const lastModified = fetched.kind === 'fetched' ? fetched.lastModified : before.lastModified
  return { ...NEVER_PULLED, lastModified }
}
