/** What browsers and apps report: the body of `POST /v1/events` and its answer. */

/**
 * JSON, sent as `text/plain` so that `sendBeacon` needs no preflight. The events of one user, in the order in which they
 * happened.
 */
export interface EventsRequest {
  /** The SDK key. */
  readonly key: string
  readonly userId: string
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly events: readonly EventJson[]
}

export type EventJson = ExposureJson | ConversionJson

/**
 * From a page that passes through Turnout, to its own site: the key is the site's, the user whoever the visitor cookie names,
 * and attributes that are not given are those that the page was decided by.
 */
export interface PageEventsRequest {
  readonly page: ReportingPageJson
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly events: readonly (EventJson | PageExposureJson)[]
}

/** What the page alone knows, as far as the datafile has attributes that are read from it. */
export interface ReportingPageJson {
  /** Path and query, without a hash. */
  readonly path?: string
  /** Where the visitor came from; empty: nowhere that is told. */
  readonly referrer?: string
  /** The page was asked for without the visitor cookie; absent: it was not. */
  readonly isFirstSession?: boolean
}

interface TimedEventJson {
  /** A UUID by which repeats of one event are known; absent where the sender cannot make one. */
  readonly uuid?: string
  /** Milliseconds from the event to its sending, so that the sender's clock need not be right; absent: 0. */
  readonly ageMs?: number
}

/** The user saw what a flag was decided to be: the names are those of the decision. */
export interface ExposureJson extends TimedEventJson {
  readonly type: 'exposure'
  readonly flagKey: string
  readonly ruleKey: string | null
  readonly variationKey: string | null
}

/**
 * The page has shown its visitor what an experiment has for them. It counts once in 30 minutes, as what a page counts when it is
 * served: the uuid is derived where it is taken.
 */
export type PageExposureJson = {
  readonly type: 'page-exposure'
  readonly experimentId: string
  readonly variationId: string
  /** Absent for an experiment that belongs to no flag. */
  readonly flagKey?: string
  /** The holdout that keeps the visitor out of the experiment, and whose variation it is; absent: none does. */
  readonly holdoutId?: string
}

/** The user did something that the datafile lists as an event. */
export interface ConversionJson extends TimedEventJson {
  readonly type: 'conversion'
  readonly eventKey: string
  /** `revenue` in cents, `value`, and whatever else the event is to carry. */
  readonly tags?: Readonly<Record<string, unknown>>
}

/** The answer: how many were taken, and each that was not with its reason. */
export interface EventsAnswer {
  readonly accepted: number
  readonly refused: readonly RefusedEventJson[]
  /** Why the user is not counted, so that none was taken and none looked at: `crawler`, `privacy-signal`, …; absent where they are. */
  readonly leftAlone?: string
}

export interface RefusedEventJson {
  /** Its place in `events`. */
  readonly index: number
  readonly code: 'unknown_flag' | 'unknown_rule' | 'unknown_variation' | 'unknown_event' | 'malformed_event'
  readonly message: string
}
