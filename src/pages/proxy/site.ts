import type { Log } from '../../base/log.ts'
import type { EventRecorder } from '../../events/event.ts'
import type { DatafileStore } from '../../store/datafile-store.ts'
import type { SiteSettings } from './site-settings.ts'

/** A site whose pages are experimented on: what `worker.ts` hands in, shared by all requests of an isolate. */
export interface Site {
  /** Whose datafile decides; `null`: no page is touched. */
  readonly sdkKey: string | null
  readonly store: DatafileStore
  /** The kill switch: `true` leaves every page as the origin has it. */
  readonly isOff: () => boolean | Promise<boolean>
  readonly exposures: EventRecorder
  /** Keeps work alive beyond the answer. */
  readonly background: (task: Promise<unknown>) => void
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>
  /** An id that nobody has had. */
  readonly newId: () => string
  /** Where pages that navigate by themselves ask for a plan: a path of this site. */
  readonly planPath: string
  /** Where pages report what only they know: a path of this site; `null`: whatever is decided counts when a page is served. */
  readonly eventsPath: string | null
  readonly settings: SiteSettings
}
