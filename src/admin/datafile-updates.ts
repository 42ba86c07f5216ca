import type { Log } from '../base/log.ts'
import type { Stamp } from '../store/datafile-store.ts'
import { createFlights, type FlightOptions } from '../store/flights.ts'
import { logPull } from './pull-all.ts'
import type { Puller, PullOutcome } from './pull-datafile.ts'
import type { WebhookProject } from './update-settings.ts'

/** New datafiles, on the word of whoever publishes them. */
export interface DatafileUpdates {
  readonly projects: ReadonlyMap<string, WebhookProject>
  /** Pulls what a project announces, unless it is here already. Answers with why it could not, or `null`. Never rejects. */
  announce(project: WebhookProject, revision: number): Promise<string | null>
}

export interface UpdateOptions extends FlightOptions {
  readonly projects: ReadonlyMap<string, WebhookProject>
  readonly puller: Puller
  readonly served: { stampOf(sdkKey: string): Stamp | null }
  readonly wait: (ms: number) => Promise<void>
  readonly log: Log
}

/** KV takes one write a second for each key, and a network may recover: one more attempt, after so long. */
const RETRY_AFTER_MS = 1_500

/** Announcements of one key that come at once are one pull, and those of what is here already are none. */
export function createDatafileUpdates(options: UpdateOptions): DatafileUpdates {
  const { projects, puller, served, wait, log } = options
  const flights = createFlights(options)

  function isHere(sdkKey: string, revision: number): boolean {
    const stamp = served.stampOf(sdkKey)
    return stamp !== null && /^\d{1,15}$/.test(stamp.revision) && Number(stamp.revision) >= revision
  }

  /** `null` for a pull that another announcement had begun. */
  async function pullOnce(sdkKey: string, leastRevision: string | null): Promise<PullOutcome | null> {
    const outcomes: PullOutcome[] = []
    await flights.join(sdkKey, async () => {
      outcomes.push(await puller.pull(sdkKey, { isRoutine: false, leastRevision }))
    })
    return outcomes[0] ?? null
  }

  async function pull(sdkKey: string, revision: number, leastRevision: string | null): Promise<string | null> {
    let problem: string | null = 'Another announcement of the same key is still being followed'
    for (let attempt = 0; attempt < 3; attempt++) {
      if (isHere(sdkKey, revision)) return null
      const outcome = await pullOnce(sdkKey, leastRevision)
      if (outcome === null) continue
      logPull(outcome, sdkKey, log)
      problem = problemOf(outcome, leastRevision)
      if (problem === null || attempt > 0) return problem
      await wait(RETRY_AFTER_MS)
    }
    return problem
  }

  return {
    projects,
    async announce({ sdkKeys }, revision) {
      // Each environment counts its revisions by itself, and an announcement names none of the keys.
      const leastRevision = sdkKeys.length === 1 ? String(revision) : null
      const problems = await Promise.all(sdkKeys.map((sdkKey) => pull(sdkKey, revision, leastRevision)))
      return problems.find((problem) => problem !== null) ?? null
    },
  }
}

function problemOf(outcome: PullOutcome, announced: string | null): string | null {
  switch (outcome.kind) {
    case 'failed':
      return outcome.message
    case 'unknown':
      return 'No datafile is published under the SDK key'
    case 'older':
      return outcome.storedRevision === announced
        ? `Revision ${announced} was announced, and ${outcome.revision} is what is published`
        : null
    case 'written':
    case 'not-modified':
    case 'paused':
    case 'revoked':
      return null
  }
}
