/** Who a page reports of, and by what it was decided for them. */
import type { Attributes } from '../../engine/index.ts'
import { readCookies } from '../../http/cookies.ts'
import { edgeAttributesOf, fillAttributes } from '../../pages/plan/edge-attributes.ts'
import { factsOf } from '../../pages/proxy/plan-visit.ts'
import type { Site } from '../../pages/proxy/site.ts'
import { readVisitor } from '../../pages/proxy/visitor.ts'
import type { ReportingPageJson } from '../../protocol/events.ts'
import type { LoadedDatafile } from '../../store/datafile-store.ts'

/** The visitor of the cookie; `null`: nobody is known by one. */
export function visitorOf({ headers }: Request, { settings }: Pick<Site, 'settings'>): string | null {
  const { id, isNew } = readVisitor(readCookies(headers.get('Cookie')), settings, () => '')
  return isNew ? null : id
}

/** What is known of a page that reports. */
export interface Reporting {
  /** Its report. */
  readonly request: Request
  readonly given: Attributes
  readonly loaded: LoadedDatafile
  readonly site: Pick<Site, 'settings'>
}

/** Browser, place and cookies are those of the report, and the rest is what the page says of itself. */
export function attributesOf(
  { path, referrer = '', isFirstSession = false }: ReportingPageJson,
  { request, given, loaded, site: { settings } }: Reporting,
): Attributes {
  const { headers, cf } = request
  const url = new URL(new URL(request.url).origin + (path ?? ''))
  const facts = factsOf({ url, headers, cf }, readCookies(headers.get('Cookie')), isFirstSession)
  const header = (name: string) => (name === 'referer' ? referrer : facts.header(name))
  const attributes = edgeAttributesOf(loaded.datafile, settings.attributeNames)
  const said = path === undefined ? attributes.filter(({ pageFact }) => pageFact !== 'path') : attributes
  return fillAttributes(given, said, { ...facts, header })
}
