import { type EventsApi, postEvents } from '../../src/api/events/post-events.ts'
import { compile, parseDatafile } from '../../src/engine/index.ts'
import type { UserEvent } from '../../src/events/event.ts'
import type { SiteSettings } from '../../src/pages/proxy/site-settings.ts'
import type { Lookup } from '../../src/store/datafile-store.ts'
import { USUAL_SETTINGS } from '../support/site-settings.ts'

export const NOW_MS = 1_000_000_000
const EVENTS_URL = 'https://flags.example/v1/events'

interface Given extends Partial<Omit<EventsApi, 'site' | 'events'>> {
  readonly settings?: Partial<SiteSettings>
}

/** What takes events, over one datafile under the key `shop`, and all that was recorded by it. */
export function takingEvents(datafile: object, { settings, ...given }: Given = {}) {
  const recorded: UserEvent[] = []
  const lookup = found(datafile)
  const api: EventsApi = {
    store: { read: (key) => (key === 'shop' ? lookup : { kind: 'unknown' }) },
    events: { record: (events) => recorded.push(...events) },
    log: () => {},
    rateLimiter: null,
    allowedOrigins: '*',
    isProxy: false,
    site: { sdkKey: 'shop', clock: () => NOW_MS, settings: { ...USUAL_SETTINGS, ...settings } },
    ...given,
  }
  const post = (body: BodyInit | null, headers: Record<string, string> = {}) =>
    postEvents({ request: new Request(EVENTS_URL, { method: 'POST', body, headers }) }, api)
  /** Reports events of `u1`. */
  const report = (events: readonly unknown[], headers: Record<string, string> = {}) =>
    post(JSON.stringify({ key: 'shop', userId: 'u1', events }), headers)
  return { recorded, post, report }
}

function found(datafile: object): Lookup {
  const parsed = parseDatafile(datafile)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  const project = compile(parsed.value.datafile)
  const stamp = { generation: 1, revision: '1', sha256: '' }
  const loaded = { datafile: parsed.value.datafile, project, stamp, textUnits: 0 }
  return { kind: 'found', datafile: loaded, source: 'memory', ageMs: 0, waitMs: 0 }
}
