import type { Log } from '../../base/log.ts'
import type { ImpressionRecorder } from '../../events/impression.ts'
import type { DatafileStore } from '../../store/datafile-store.ts'

/** A site whose pages are experimented on: what `worker.ts` hands in, shared by all requests of an isolate. */
export interface Site {
  /** Whose datafile decides; `null`: no page is touched. */
  readonly sdkKey: string | null
  readonly store: DatafileStore
  /** The kill switch: `true` leaves every page as the origin has it. */
  readonly isOff: () => boolean | Promise<boolean>
  readonly exposures: ImpressionRecorder
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>
  /** An id that nobody has had. */
  readonly newId: () => string
  /** Where pages that navigate by themselves ask for a plan: a path of this site. */
  readonly planPath: string
  readonly settings: SiteSettings
}

/** What an operator can choose. README.md lists the variables. */
export interface SiteSettings {
  readonly isOn: boolean
  /** How long a page waits for its plan once the origin has answered, in milliseconds. */
  readonly budgetMs: number
  readonly clientNavigation: boolean
  /** Whether a cookie keeps a visitor in the variations that they have been given. */
  readonly isSticky: boolean
  readonly visitorCookie: string
  /** `null`: cookies are the host's alone. */
  readonly cookieDomain: string | null
  /** `name`, or `name=value`; `null`: nobody is asked for consent. */
  readonly consentCookie: string | null
  /** `null`: there are no previews. */
  readonly previewSecret: string | null
  readonly previewNeedsToken: boolean
  /** What the datafile calls the attributes that the edge fills in, by our names for them. */
  readonly attributeNames: ReadonlyMap<string, string>
}
