/** Applies a plan to the origin's answer. Whatever is not a page to be edited goes on as it came. */
import type { JsonValue } from '../../base/json.ts'
import { setsCookie } from '../../http/cookies.ts'
import { copyResponse } from '../../http/copy-response.ts'
import { fingerprint } from '../../http/etag.ts'
import { DECLARATIONS } from '../browser/generated.ts'
import { BodyEditor, type BodyWork } from '../html/body-editor.ts'
import { type EditableHtml, editableHtml } from '../html/editable.ts'
import { insertAtScriptPlace } from '../html/insert-markup.ts'
import type { PagePlan } from '../plan/page.ts'
import { type Dressing, dress } from './dress.ts'
import { forgetBytes, makePersonal, setEtag } from './personal-headers.ts'
import { conditionsUnder, keptTag, pageTag } from './validators.ts'
import { NOTE } from './visit.ts'

export interface Application {
  readonly request: Request
  /** The origin's, its body unread. */
  readonly response: Response
  readonly plan: PagePlan
  /** Where the page asks for the plan of the next URL when it navigates by itself: a path of its own site. */
  readonly planPath: string
  /** Where the page reports what only it knows: a path of its own site; `null`: it does not. */
  readonly eventsPath: string | null
  /** For somebody who looks before it is live: kept nowhere. */
  readonly isPreview: boolean
  /** JSON to put into the page, for whoever wants to know why it is as it is. */
  readonly debug: JsonValue | null
  /** Told what was thrown once the page was on its way, which is a bug: it goes on without the rest of the edits. */
  readonly onBug: (cause: unknown) => void
}

/** What the visitor gets. */
export interface AppliedPlan {
  readonly response: Response
  /** The page is what the plan says: what was decided counts as shown. */
  readonly isShown: boolean
  /** Whether what the plan has the page report counts now, with all the rest: the page cannot report it. */
  readonly isMute: boolean
}

/** Applies a plan. Where it rejects, something of ours is broken, and the origin's answer is still whole. */
export async function applyPlan(application: Application): Promise<AppliedPlan> {
  const { request, response, plan } = application
  const tag = tagOf(plan)
  if (tag === null) return untouched(response)
  if (response.status === 304) return hasKept(request, tag) ? await keep(application, tag) : untouched(response)
  const html = editableHtml(request.method, response)
  return html === null ? untouched(response) : await edit(application, html, tag)
}

/** Where only the script that follows the page's own navigation is put in, which is the same for everyone. */
const NAVIGATION_TAG = 'n'
/** Another deploy may bring other code. */
const CODE_TAG = fingerprint(DECLARATIONS.join())

/**
 * What entity tags of the page go by: what is done to it, and the code that does it in the browser. `null`: the page is the
 * origin's, byte for byte.
 */
export function tagOf({ cacheTag, clientNavigation }: PagePlan): string | null {
  const tag = cacheTag ?? (clientNavigation ? NAVIGATION_TAG : null)
  return tag === null ? null : `${tag}.${CODE_TAG}`
}

function untouched(response: Response): AppliedPlan {
  return { response, isShown: false, isMute: false }
}

/** Whether that was a question: some origins say so to none, and what the visitor has may be another page. */
function hasKept({ headers }: Request, tag: string): boolean {
  const { ifNoneMatch, ifModifiedSince } = conditionsUnder(tag, headers.get('If-None-Match'))
  return (ifNoneMatch ?? ifModifiedSince) !== null
}

/**
 * The visitor has the page, edited as it would be now. Policies that come with the answer take the place of those that were
 * kept, so they have to allow the same.
 */
async function keep(application: Application, tag: string): Promise<AppliedPlan> {
  const { request, response, plan } = application
  const { amend, isMute } = await dress(application)
  const answer = copyResponse(response)
  amend(answer.headers)
  personalise(answer.headers, plan, keptTag(tag, request.headers.get('If-None-Match'), response.headers))
  return { response: answer, isShown: true, isMute }
}

async function edit(application: Application, { charset }: EditableHtml, tag: string): Promise<AppliedPlan> {
  const { request, response, onBug } = application
  const dressing = await dress(application)
  const { head, edits, isIncomplete, isMute } = dressing
  const isMaybePart = request.headers.get('Sec-Fetch-Dest') === 'empty'
  // A part of a page shows nobody anything: read for control, too, so that it counts for none.
  const isRead = head !== '' || edits.length > 0 || isMaybePart
  const headers = headersOf(application, dressing, tag)
  if (isRead) forgetBytes(headers)
  const init = { status: response.status, statusText: response.statusText, headers }
  const shown = { isShown: !isIncomplete, isMute }
  if (request.method === 'HEAD') return { response: new Response(null, init), ...shown }
  if (!isRead) return { response: new Response(response.body, init), ...shown }
  const editor = editorFor({ edits, charset, onBug })
  const insertion = await insertAtScriptPlace(response, head, { isMaybePart, editor })
  if (insertion.kind === 'untouched') return untouched(insertion.response)
  return { response: new Response(insertion.body, init), ...shown }
}

/** `null`: nothing is edited. Where the editor cannot begin, the page's script is left with its edits. */
function editorFor(work: BodyWork & Pick<Application, 'onBug'>): BodyEditor | null {
  if (work.edits.length === 0) return null
  try {
    return new BodyEditor(work)
  } catch (cause) {
    work.onBug(cause)
    return null
  }
}

function headersOf({ response, plan, isPreview }: Application, dressing: Dressing, tag: string): Headers {
  const headers = new Headers(response.headers)
  dressing.amend(headers)
  const isKept = !dressing.usesNonce && !isPreview && !(dressing.isMute && plan.reports !== null)
  personalise(headers, plan, isKept ? pageTag(response.headers, tag) : null)
  if (isPreview) headers.set('Cache-Control', 'private, no-store')
  if (dressing.isIncomplete) headers.append(NOTE, 'policy-forbids-script')
  return headers
}

/** Where no experiment is about the page, its own caching stands. */
function personalise(headers: Headers, { cacheTag, cookies }: PagePlan, etag: string | null): void {
  if (cacheTag !== null) makePersonal(headers, etag)
  else setEtag(headers, etag)
  for (const cookie of cookies) addCookie(headers, cookie)
}

/** The origin's own cookie of that name stands. */
function addCookie(headers: Headers, cookie: string): void {
  if (!setsCookie(headers, cookie.slice(0, cookie.indexOf('=')))) headers.append('Set-Cookie', cookie)
}
