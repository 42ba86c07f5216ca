/** The part of a page's script by which it reports what it shows. */
import { jsonForScript } from '../../base/script-text.ts'
import type { PageExposureJson, PageShownJson } from '../../protocol/events.ts'
import type { PageExposure, PageFacts, PageReports } from '../plan/page.ts'
import { NAMES } from './generated.ts'
import type { ShownBy } from './page-edits.ts'

/** What a page reports, and where to: a path of its own site. */
export interface Reporting extends PageReports {
  readonly eventsPath: string
}

/** The pieces that it needs. */
export function reportPieces(reporting: Reporting | null): readonly ('reporter' | 'sender' | 'whenShown')[] {
  if (reporting === null) return []
  return reporting.isFetchedAhead ? ['reporter', 'sender', 'whenShown'] : ['reporter', 'sender']
}

/** Which reports an edit causes, by their places. */
export function shownByEdits(reporting: Reporting | null): ShownBy {
  const shownBy = new Map<string, number[]>()
  for (const [index, { editIds }] of (reporting?.exposures ?? []).entries()) {
    for (const id of editIds) shownBy.set(id, [...(shownBy.get(id) ?? []), index])
  }
  return shownBy
}

/** Names of pieces are shorter. */
const REPORTED = 'rep'

/** An operation that reports what its edits show. */
export function reported(operation: string): string {
  return `${REPORTED}(${operation})`
}

/** What has to stand before that. That a page is shown is said by an operation that does nothing. */
export function reportScript({ eventsPath, exposures, isFetchedAhead, facts }: Reporting): string {
  const reports = [...exposures.map(exposureReport), ...(isFetchedAhead ? [PAGE_SHOWN] : [])]
  const sender = `${NAMES.sender}(${jsonForScript(eventsPath)}${factsScript(facts)})`
  const send = isFetchedAhead ? `${NAMES.whenShown}(${sender})` : sender
  const reporter = `var ${REPORTED}=${NAMES.reporter}(${send},${jsonForScript(reports)});`
  return isFetchedAhead ? `${reporter}${reported('()=>{}')}({shows:[${exposures.length}]});` : reporter
}

/** A page adds what it knows of itself. */
type Report<Event> = Omit<Event, 'path' | keyof PageFacts | 'referrer'>

const PAGE_SHOWN: Report<PageShownJson> = { type: 'page-shown' }

function exposureReport({ experimentKey, variationKey }: PageExposure): Report<PageExposureJson> {
  return { type: 'page-exposure', experimentKey, variationKey }
}

function factsScript({ asksReferrer, isFirstSession }: PageFacts): string {
  const facts = [
    asksReferrer ? ['referrer:document.referrer'] : [],
    isFirstSession ? ['isFirstSession:true'] : [],
  ].flat()
  return facts.length === 0 ? '' : `,{${facts}}`
}
