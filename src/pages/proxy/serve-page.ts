/**
 * The order in which a page is served. It fails open: whatever goes wrong with the plan or with carrying it out, the
 * visitor gets the origin's page, and at most `budgetMs` later than the origin has it.
 */
import { reasonOf } from '../../base/reason.ts'
import { tagOf } from './apply-plan.ts'
import { carryOut } from './carry-out.ts'
import type { Origin } from './origin.ts'
import type { OriginRequestOptions } from './origin-request.ts'
import { withoutOwnParameters } from './own-parameters.ts'
import { type PageRequest, planVisit } from './plan-visit.ts'
import { redirectOf } from './redirect.ts'
import type { Site } from './site.ts'
import { conditionsUnder, hasPageTags, UNCONDITIONAL } from './validators.ts'
import { leftAloneBecause, type Visit } from './visit.ts'

/** Answers a request to a site whose pages are experimented on. Asks the origin once at most, and never rejects. */
export function servePage(request: Request, origin: Origin, site: Site): Promise<Response> {
  if (!mayBePage(request)) return origin.fetch(request, AS_IT_IS)
  const visit = planSafely(request, site)
  if (!(visit instanceof Promise)) return serve(request, visit, origin, site)
  return hasConditions(request)
    ? inTime(visit, site).then((planned) => serve(request, planned, origin, site))
    : serveSideBySide(request, visit, origin, site)
}

/** What the visitor sent, and nothing else. */
export const AS_IT_IS: OriginRequestOptions = { encodings: 'any', conditions: null }
const EDITABLE: OriginRequestOptions = { encodings: 'readable', conditions: null }
/** Whatever the visitor may have kept. */
const WHOLE: OriginRequestOptions = { encodings: 'readable', conditions: UNCONDITIONAL }

/** What a browser asks for with these is no page, whatever the origin makes of it (Fetch, `Sec-Fetch-Dest`). */
const NO_PAGE = /^(?:audio|font|image|manifest|report|script|style|track|video|xslt|.*worker|.*worklet)$/

function mayBePage({ method, headers }: Request): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  return !headers.has('Upgrade') && !NO_PAGE.test(headers.get('Sec-Fetch-Dest') ?? '')
}

/** With these the origin may answer without a body, so that it has to be known first which page the visitor has kept. */
function hasConditions({ headers }: Request): boolean {
  return headers.has('If-None-Match') || headers.has('If-Modified-Since')
}

/** The plan known, the origin is asked as it requires. */
async function serve(request: Request, visit: Visit, origin: Origin, site: Site): Promise<Response> {
  const redirect = attempt(() => redirectOf(request, visit, site), null, site)
  if (redirect !== null) return redirect
  const options = attempt(() => optionsFor(request, visit), WHOLE, site)
  const answer = askOrigin(request, options, { origin, site })
  return isAsItIs(visit) ? answer : finish(request, visit, await answer, site)
}

/** Nothing is to be carried out. */
function isAsItIs({ kind, setCookie, note }: Visit): boolean {
  return kind === 'left-alone' && setCookie === null && note === null
}

/** What is given, or where that throws, what does as well. */
function attempt<Value>(give: () => Value, otherwise: Value, site: Site): Value {
  try {
    return give()
  } catch (cause) {
    reportFailure(cause, site)
    return otherwise
  }
}

function reportFailure(cause: unknown, { log }: Site): void {
  log({ level: 'error', code: 'page_failed', message: reasonOf(cause) })
}

function optionsFor({ headers }: Request, visit: Visit): OriginRequestOptions {
  const ifNoneMatch = headers.get('If-None-Match')
  const tag = visit.kind === 'planned' ? tagOf(visit.plan) : null
  if (tag !== null) {
    const isPreview = visit.kind === 'planned' && visit.isPreview
    return { encodings: 'readable', conditions: isPreview ? UNCONDITIONAL : conditionsUnder(tag, ifNoneMatch) }
  }
  // What the visitor has kept is an edited page: the origin would know nothing of it, but might of its time.
  return hasPageTags(ifNoneMatch) ? { encodings: 'any', conditions: UNCONDITIONAL } : AS_IT_IS
}

/** Our own parameters are nothing to the origin, and would split its caches. */
function askOrigin(
  request: Request,
  options: OriginRequestOptions,
  { origin, site }: { readonly origin: Origin; readonly site: Site },
): Promise<Response> {
  if (!request.url.includes('turnout_')) return origin.fetch(request, options)
  const url = attempt(() => withoutOwnParameters(new URL(request.url)).href, request.url, site)
  return origin.fetch(new Request(url, request), options)
}

/** In a fresh isolate the datafile is read while the origin thinks, and for `budgetMs` more. */
async function serveSideBySide(
  request: Request,
  planning: Promise<Visit>,
  origin: Origin,
  site: Site,
): Promise<Response> {
  const response = await askOrigin(request, EDITABLE, { origin, site })
  const visit = await inTime(planning, site)
  const redirect = attempt(() => redirectOf(request, visit, site), null, site)
  if (redirect === null) return finish(request, visit, response, site)
  void response.body?.cancel().catch(() => {})
  return redirect
}

async function finish(request: Request, visit: Visit, response: Response, site: Site): Promise<Response> {
  try {
    return await carryOut({ request, visit, response, site })
  } catch (cause) {
    reportFailure(cause, site)
    return response
  }
}

async function inTime(planning: Promise<Visit>, { wait, settings, log }: Site): Promise<Visit> {
  const late = wait(settings.budgetMs).then(() => null)
  const visit = await Promise.race([planning, late])
  if (visit !== null) return visit
  log({ level: 'warn', code: 'plan_late', budgetMs: settings.budgetMs })
  return leftAloneBecause('plan-late')
}

function planSafely(request: Request, site: Site): Visit | Promise<Visit> {
  const failed = (cause: unknown): Visit => {
    site.log({ level: 'error', code: 'plan_failed', message: reasonOf(cause) })
    return leftAloneBecause('plan-failed')
  }
  try {
    const visit = planVisit(pageRequestOf(request), site)
    return visit instanceof Promise ? visit.catch(failed) : visit
  } catch (cause) {
    return failed(cause)
  }
}

function pageRequestOf(request: Request): PageRequest {
  const { url, method, headers } = request
  return {
    url: new URL(url),
    method,
    headers,
    // The runtime parses it when it is asked for.
    get cf() {
      return request.cf
    },
    takesHandoff: true,
    takesReports: true,
  }
}
