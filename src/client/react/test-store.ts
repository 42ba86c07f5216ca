/** A store for tests of components: fixed decisions, no network, and everything that was counted to be asserted on. */

import type { JsonValue } from '../../base/json.ts'
import { equal } from '../equal.ts'
import type { FlagKey, VariableName, VariableType } from '../flag-types.ts'
import type { ClientDecision, ClientUser, DecisionStore, Snapshot, Status } from '../store.ts'

/** Decisions by flag key; `true` and `false` are a flag that is on or off, without variables. */
export type FixedDecisions = { readonly [Key in FlagKey]?: FixedDecision<Key> | boolean | undefined }

/** What is left out: enabled, no variation, no rule, no variables. */
export interface FixedDecision<Key extends FlagKey> {
  readonly enabled?: boolean
  readonly variationKey?: string | null
  readonly ruleKey?: string | null
  readonly variables?: { readonly [Name in VariableName<Key>]?: VariableType<Key, Name> }
}

export interface TestStoreOptions {
  /** `test-user` unless told. */
  readonly user?: ClientUser
  /** Ready unless told. A store that is loading is so until `decide`. */
  readonly status?: Status
}

export interface TestExposure {
  readonly userId: string
  readonly flagKey: string
  readonly ruleKey: string | null
  readonly variationKey: string | null
}

export interface TestConversion {
  readonly userId: string
  readonly eventKey: string
  readonly tags?: Readonly<Record<string, unknown>>
}

export interface TestStore extends DecisionStore {
  /** What was seen, in order: once for each user, flag and variation. */
  readonly exposures: readonly TestExposure[]
  /** What was tracked, in order. */
  readonly conversions: readonly TestConversion[]
  /** Replaces all decisions, as an answer from the Worker does; those that say the same stay the same objects. */
  decide(decisions: FixedDecisions): void
}

/** Starts with these decisions, as handed over by a server. */
export function createTestStore(fixed: FixedDecisions = {}, options: TestStoreOptions = {}): TestStore {
  const { user = { userId: 'test-user' }, status = READY } = options
  const listeners = new Set<() => void>()
  const waiting: ((known: Snapshot) => void)[] = []
  const exposures: TestExposure[] = []
  const conversions: TestConversion[] = []
  let isClosed = false
  let snapshot: Snapshot = { status, user, decisions: decisionsOf(fixed, {}) }
  const serverSnapshot = snapshot

  function show(next: Snapshot): void {
    if (isClosed || equal(next, snapshot)) return
    snapshot = next
    for (const listener of [...listeners]) listener()
    if (snapshot.status.kind !== 'loading') for (const resolve of waiting.splice(0)) resolve(snapshot)
  }

  const refresh = async () =>
    isClosed || snapshot.status.kind !== 'loading'
      ? snapshot
      : new Promise<Snapshot>((resolve) => {
          waiting.push(resolve)
        })

  return {
    exposures,
    conversions,
    decide: (decisions) => show({ ...snapshot, status: READY, decisions: decisionsOf(decisions, snapshot.decisions) }),
    subscribe(listener) {
      const call = () => listener()
      listeners.add(call)
      return () => listeners.delete(call)
    },
    getSnapshot: () => snapshot,
    getServerSnapshot: () => serverSnapshot,
    get: (flagKey) => snapshot.decisions[flagKey],
    refresh,
    async identify(next) {
      // Another user's decisions are other ones, even where they say the same.
      show({ ...snapshot, user: next, decisions: copyOf(snapshot.decisions) })
      return refresh()
    },
    expose(flagKey) {
      const decision = snapshot.decisions[flagKey]
      if (isClosed || !decision) return
      const { ruleKey, variationKey } = decision
      const exposure = { userId: snapshot.user.userId, flagKey, ruleKey, variationKey }
      if (!exposures.some((known) => equal(known, exposure))) exposures.push(exposure)
    },
    track(eventKey, tags) {
      if (!isClosed) conversions.push({ userId: snapshot.user.userId, eventKey, ...(tags && { tags }) })
    },
    close() {
      isClosed = true
      for (const resolve of waiting.splice(0)) resolve(snapshot)
    },
  }
}

const READY: Status = { kind: 'ready' }

function decisionsOf(fixed: FixedDecisions, known: Snapshot['decisions']): Snapshot['decisions'] {
  const decisions: Record<string, ClientDecision> = Object.create(null)
  for (const [flagKey, given] of Object.entries(fixed)) {
    const decision = decisionOf(flagKey, given)
    const before = known[flagKey]
    if (decision) decisions[flagKey] = before && equal(before, decision) ? before : decision
  }
  return decisions
}

function decisionOf(flagKey: string, given: Given): ClientDecision | undefined {
  if (given === undefined) return undefined
  const {
    enabled = true,
    variationKey = null,
    ruleKey = null,
    variables = {},
  } = typeof given === 'boolean' ? { enabled: given } : given
  return { flagKey, enabled, variationKey, ruleKey, variables }
}

type Given =
  | (Partial<ClientDecision> & { readonly variables?: Readonly<Record<string, JsonValue | undefined>> })
  | boolean
  | undefined

function copyOf(decisions: Snapshot['decisions']): Snapshot['decisions'] {
  const copy: Record<string, ClientDecision | undefined> = Object.create(null)
  for (const [flagKey, decision] of Object.entries(decisions)) copy[flagKey] = decision && { ...decision }
  return copy
}
