import type { Handoff, HandoffDecision, HandoffUser } from '../protocol/handoff.ts'

/** Decisions for one user, kept current: framework-free, with no SDK and no datafile behind it. No method needs `this`. */
export interface DecisionStore {
  /** Calls back whenever `getSnapshot` would answer with something else; returns what ends that. */
  subscribe(listener: () => void): () => void
  /** The same object until something changes; an equal decision stays the same object, also across refreshes. */
  getSnapshot(): Snapshot
  /** What the server knew, and with it the first render in the browser: the handed-off decisions, or none. */
  getServerSnapshot(): Snapshot
  /** One flag's decision; `undefined` before it is known, and for a flag that does not exist. */
  get(flagKey: string): ClientDecision | undefined
  /** Asks again now. Joins a request that is under way; resolves, and never rejects, with what is then known. */
  refresh(): Promise<Snapshot>
  /** Another user, or the same with other attributes. The decisions of another user are dropped at once. */
  identify(user: ClientUser): Promise<Snapshot>
  /** Counts that the user sees this flag's decision: once for each user, flag and variation. Called by the bindings. */
  expose(flagKey: string): void
  /** Counts that the user did something: an event key of the datafile, with `revenue` in cents, `value`, other tags. */
  track(eventKey: string, tags?: Readonly<Record<string, unknown>>): void
  /** Sends what is left, ends requests and listeners. Nothing happens afterwards. */
  close(): void
}

/** What is known at a moment. */
export interface Snapshot {
  readonly status: Status
  readonly user: ClientUser
  /** By flag key, without a prototype. */
  readonly decisions: Readonly<Record<string, ClientDecision | undefined>>
}

export type Status =
  /** Nothing is known yet. */
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready' }
  /** The decisions are the last known; `error` says why there are no newer ones. */
  | { readonly kind: 'stale'; readonly error: FetchError }
  /** Nothing is known, and `error` says why. */
  | { readonly kind: 'failed'; readonly error: FetchError }

/** Why decisions could not be fetched. */
export interface FetchError {
  readonly code: 'timeout' | 'network' | 'http' | 'malformed'
  readonly message: string
  /** The HTTP status, with the code `http`. */
  readonly status?: number
}

export type ClientDecision = HandoffDecision

export interface ClientUser extends Pick<HandoffUser, 'userId'> {
  readonly attributes?: HandoffUser['attributes']
}

export interface StoreOptions {
  /** Where the Worker's API is: `https://flags.example`, or `/_turnout` on a site that it stands in front of. */
  readonly url: string
  /** The SDK key. */
  readonly key: string
  /** May be left out where `initial`, or the page, names one. */
  readonly user?: ClientUser
  /** Only these flags; absent: all. */
  readonly flags?: readonly string[]
  /** Decisions from the server. Absent: those that stand in the page, where there are any. `null`: none. */
  readonly initial?: Handoff | null
  /** Seconds after which a tab that is shown again asks anew; 60 unless told, 0 never. */
  readonly refreshSeconds?: number
  /** Milliseconds that an answer may take; 2,000 unless told. */
  readonly timeoutMs?: number
  /** Keep the decisions in `sessionStorage`: the tab's next page shows them at once, and asks; off unless told. */
  readonly persist?: boolean
}
