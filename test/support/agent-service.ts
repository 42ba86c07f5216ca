import type { Api } from '../../src/api/api.ts'
import { answerRequest } from '../../src/api/routes.ts'
import type { LogEvent } from '../../src/base/log.ts'
import { compile, parseDatafile } from '../../src/engine/index.ts'
import type { UserEvent } from '../../src/events/event.ts'
import type { Lookup } from '../../src/store/datafile-store.ts'
import { ORIGIN } from './flags-origin.ts'
import type { Ask } from './service.ts'
import { USUAL_SETTINGS } from './site-settings.ts'

/** The API as the Worker has it, except that its ports are whatever a test hands in. */
export interface AgentService {
  readonly ask: Ask
  /** What was recorded, in order. */
  readonly events: UserEvent[]
  readonly logged: LogEvent[]
}

/** A service that has a datafile under the SDK key `shop`, and none under any other. The clock stands at 1,000 seconds. */
export function startAgent(datafile: object, ports: Partial<Api> = {}): AgentService {
  const events: UserEvent[] = []
  const logged: LogEvent[] = []
  const api = apiWith(lookupOf(datafile), JSON.stringify(datafile), {
    events: { record: (recorded) => void events.push(...recorded) },
    log: (event) => void logged.push(event),
    ...ports,
  })
  const ask: Ask = async (path, init = {}) => await answerRequest(new Request(`${ORIGIN}${path}`, init), api)
  return { ask, events, logged }
}

export const NOW_MS = 1_000_000

function lookupOf(value: object): Lookup {
  const parsed = parseDatafile(value)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  const { datafile } = parsed.value
  const stamp = { generation: 1, revision: datafile.revision, sha256: '' }
  const loaded = { datafile, project: compile(datafile), stamp, textUnits: 0 }
  return { kind: 'found', datafile: loaded, source: 'memory', ageMs: 0, waitMs: 0 }
}

function apiWith(lookup: Lookup, text: string, ports: Partial<Api> & Pick<Api, 'events' | 'log'>): Api {
  const store: Api['store'] = { read: (sdkKey) => (sdkKey === 'shop' ? lookup : { kind: 'unknown' }) }
  const clock = () => NOW_MS
  const base: Omit<Api, 'site'> = {
    store,
    health: () => [],
    datafiles: { put: unused, takeOver: unused, remove: unused, get: async () => storedText(text) },
    updates: null,
    clock,
    adminToken: null,
    allowedOrigins: '*',
    datafileRoutes: true,
    maxDatafileBytes: 5_000_000,
    rateLimiter: null,
    agentAuth: null,
    batchLimit: 500,
    profiles: null,
    overrides: null,
    notifications: null,
    predictor: null,
    odp: null,
    segments: null,
    version: '0.0.0',
    warnings: [],
    isProxy: false,
    ...ports,
  }
  return { ...base, site: siteOf(base) }
}

function siteOf({ store, events, log, clock }: Omit<Api, 'site'>): Api['site'] {
  return {
    sdkKey: null,
    store,
    isOff: () => false,
    exposures: events,
    background: () => {},
    log,
    clock,
    wait: async () => {},
    newId: () => crypto.randomUUID(),
    eventsPath: null,
    planPath: '/v1/page',
    settings: USUAL_SETTINGS,
  }
}

function storedText(text: string) {
  return { kind: 'found', text, stamp: { generation: 1, revision: '7', sha256: '' } } as const
}

async function unused(): Promise<never> {
  throw new Error('No test of the Agent comes here.')
}
