import type { Attributes } from '../../engine/index.ts'
import { type Cookies, readCookies } from '../../http/cookies.ts'
import type { LoadedDatafile, Lookup } from '../../store/datafile-store.ts'
import { pageProjectOf } from '../plan/compile-pages.ts'
import { edgeAttributesOf, fillAttributes, type RequestFacts } from '../plan/edge-attributes.ts'
import type { CompiledPage, PageProject } from '../plan/page-project.ts'
import { type PageQuestion, pagesAbout, planPage } from '../plan/plan-page.ts'
import { participationOf } from './participation.ts'
import { type Preview, readPreview } from './preview.ts'
import type { Site } from './site.ts'
import { readProfile, stickyCookie } from './sticky.ts'
import type { Visit } from './visit.ts'
import { readVisitor, type Visitor, visitorCookie } from './visitor.ts'

/** What is asked of a page, by a request for it or in place of one. */
export interface PageRequest {
  /** As the visitor sees it. */
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  /** What Cloudflare knows of where the request comes from. */
  readonly cf: Readonly<Record<string, unknown>> | undefined
  /** Who is meant where a caller says so, whose own business consent then is; else whoever the cookie names. */
  readonly userId?: string | null
  readonly attributes?: Attributes
  /** Decisions of flags may go into the page; absent: whoever asks has no use for them. */
  readonly takesHandoff?: boolean
  /** The page reports by itself what only it knows; absent: all counts when it is served. */
  readonly takesReports?: boolean
}

/**
 * Plans what is to become of a page. A value rather than a promise where the datafile is in memory and nothing has to be
 * verified, which is nearly always.
 */
export function planVisit(page: PageRequest, site: Site): Visit | Promise<Visit> {
  const { sdkKey, settings, store, isOff, clock } = site
  if (sdkKey === null || !settings.isOn) return leave({ page, site }, null)
  const off = isOff()
  const lookup = store.read(sdkKey)
  const preview = hasOwnParameters(page) ? readPreview(page.url, settings, clock()) : NO_PREVIEW
  if (off instanceof Promise || lookup instanceof Promise || preview instanceof Promise) {
    return Promise.all([off, lookup, preview]).then((known) => planKnowing(...known, { page, site }))
  }
  return planKnowing(off, lookup, preview, { page, site })
}

const NO_PREVIEW: Preview = { kind: 'none' }

/** All of ours begin alike. */
function hasOwnParameters({ url }: PageRequest): boolean {
  return url.search.includes('turnout_')
}

interface Asked {
  readonly page: PageRequest
  readonly site: Site
}

function planKnowing(isOff: boolean, lookup: Lookup, preview: Preview, asked: Asked): Visit {
  if (isOff) return leave(asked, null)
  if (lookup.kind !== 'found') return leave(asked, 'no-datafile')
  const { page, site } = asked
  const loaded = lookup.datafile
  const pages = pageProjectOf(loaded)
  if (!pages.ok) {
    const [first] = pages.error
    const { revision } = loaded.stamp
    site.log({ level: 'error', code: 'pages_invalid', revision, path: first?.path ?? '', count: pages.error.length })
    return leave(asked, 'pages-invalid')
  }
  const matched = pagesAbout(pages.value, page.url)
  if (matched.length === 0 && isServedAsItIs(asked, preview)) return leave(asked, null)
  const cookies = readCookies(page.headers.get('Cookie'))
  return planFor({ page, site, preview, loaded, pages: pages.value, matched, cookies })
}

/** Most pages of most sites: who asks for one need not be known where no experiment can be about it. */
function isServedAsItIs({ page, site: { settings } }: Asked, preview: Preview): boolean {
  return page.userId === undefined && preview.kind === 'none' && !settings.clientNavigation && !settings.handoff
}

/** Nothing happens to the page; a visitor who opts out is heard all the same. */
function leave({ page, site }: Asked, note: string | null): Visit {
  const reason = note ?? 'off'
  if (!hasOwnParameters(page)) return { kind: 'left-alone', reason, setCookie: null, note }
  const { headers, url } = page
  const cookies = readCookies(headers.get('Cookie'))
  const facts = { request: page, parameters: url.searchParams, cookies, isPreview: false }
  return { kind: 'left-alone', reason, setCookie: participationOf(facts, site.settings).setCookie, note }
}

interface Known extends Asked {
  readonly preview: Preview
  readonly loaded: LoadedDatafile
  readonly pages: PageProject
  /** The pages of the datafile that the URL matches. */
  readonly matched: readonly CompiledPage[]
  readonly cookies: Cookies
}

function planFor(known: Known): Visit {
  const { page, site, preview, loaded, pages, matched, cookies } = known
  const isPreview = preview.kind === 'granted'
  const participation = participationOf(
    { request: page, parameters: page.url.searchParams, cookies, isPreview },
    page.userId ? { ...site.settings, consentCookie: null } : site.settings,
  )
  const { setCookie } = participation
  if (participation.kind === 'left-alone') {
    return { kind: 'left-alone', reason: participation.reason, setCookie, note: null }
  }
  const visitor = page.userId ? { id: page.userId, isNew: false } : readVisitor(cookies, site.settings, site.newId)
  const question = questionOf(known, visitor, participation.isAhead)
  return {
    kind: 'planned',
    plan: planPage(pages, question, matched),
    userId: question.userId,
    attributes: question.attributes,
    loaded,
    isCounted: participation.isCounted,
    isPreview,
    isDebug: isPreview && preview.isDebug,
    setCookie,
    note: preview.kind === 'refused' ? `preview-${preview.reason}` : null,
  }
}

function questionOf({ page, site, preview, loaded, cookies }: Known, visitor: Visitor, isAhead: boolean): PageQuestion {
  const { settings } = site
  const { project } = loaded
  const isPreview = preview.kind === 'granted'
  const edgeAttributes = edgeAttributesOf(loaded.datafile, settings.attributeNames)
  const reports = page.takesReports === true && site.eventsPath !== null && !isPreview
  return {
    url: page.url.href,
    userId: visitor.id,
    attributes: fillAttributes(page.attributes ?? {}, edgeAttributes, factsOf(page, cookies, visitor.isNew)),
    ...(settings.isSticky && !isPreview ? { profile: readProfile(cookies, project) } : {}),
    ...(isPreview ? { forced: [...preview.forced].map(forcedVariation), includeReasons: preview.isDebug } : {}),
    clientNavigation: settings.clientNavigation,
    reporting: reports ? { isAhead, isFirstSession: visitor.isNew, attributes: edgeAttributes } : undefined,
    ...(page.takesHandoff === true ? { handoff: settings.handoff ? 'all' : [] } : {}),
    cookiesFor: ({ applies, profile }) => {
      if (!applies || isPreview) return []
      const sticky = settings.isSticky ? stickyCookie(profile, cookies, settings) : null
      return [visitor.isNew ? visitorCookie(visitor, settings) : null, sticky].filter((cookie) => cookie !== null)
    },
  }
}

function forcedVariation([experimentKey, variationKey]: readonly [string, string]) {
  return { experimentKey, variationKey }
}

/** What attributes of a page's visitor are read from. */
export function factsOf(
  page: Pick<PageRequest, 'url' | 'headers' | 'cf'>,
  cookies: Cookies,
  isFirstSession: boolean,
): RequestFacts {
  return {
    url: page.url.href,
    header: (name: string) => page.headers.get(name),
    get cf() {
      return page.cf
    },
    cookie: (name: string) => cookies.get(name),
    isFirstSession,
  }
}
