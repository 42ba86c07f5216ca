/**
 * Carries out a plan in somebody else's Worker, which has it from `GET /v1/page`. It fails open: whatever is wrong with
 * the answer, or goes wrong with it, the visitor gets the page that the Worker has.
 */
import { matchesEtag } from '../../http/etag.ts'
import { JSON_HEADERS } from '../../http/headers.ts'
import { answeredEdits } from '../browser/page-edits.ts'
import { NO_PLAN, type PagePlan } from '../plan/page.ts'
import { pageAnswer } from '../plan/page-answer.ts'
import { parsePageAnswer } from '../plan/parse-page-answer.ts'
import { applyPlan, tagOf } from './apply-plan.ts'
import { amend } from './carry-out.ts'
import { requestFor } from './origin-request.ts'
import { redirectTo } from './redirect.ts'
import { conditionsUnder, hasPageTags, type OriginConditions, UNCONDITIONAL } from './validators.ts'

/** What a Worker says of itself. */
export interface ExperimentOptions {
  /**
   * The path of its site where it answers with `answerNavigation`, for pages that navigate by themselves. `null` or
   * absent: pages do not follow their own navigation.
   */
  readonly planPath?: string | null
  /** Values of `Set-Cookie` by which it knows the visitor again: sent where an experiment is about the page. */
  readonly cookies?: readonly string[]
  /** Told what was thrown once the page was on its way, which is a bug: it goes on without the rest of the edits. */
  readonly onBug?: (cause: unknown) => void
}

/**
 * Applies the experiments of a page to the response that a Worker has for it, made by itself or by an origin: edits and
 * scripts in the HTML as it streams, or a redirect, with cookies, caching headers, entity tag and policies to match; 304
 * where the visitor has kept just that page. `answer` is the parsed JSON of `GET /v1/page`, or whatever came instead.
 *
 * Never rejects. Where the answer is none, the response is no page, or anything goes wrong, it is the response itself,
 * whole. The response's body has to be unread, and a 304 has to be one to `originRequest`.
 */
export async function applyExperiments(
  request: Request,
  response: Response,
  answer: unknown,
  options: ExperimentOptions = {},
): Promise<Response> {
  try {
    const plan = planOf(answer, options)
    return plan === null ? response : await apply({ request, response, plan }, options)
  } catch {
    return response
  }
}

/**
 * The request to ask an origin with, so that its 304 is right: tags of the page as this visitor gets it become the
 * origin's own, other validators are left out, and encodings are those that can be read here. A Worker that asks its
 * origin before it has the answer leaves `If-None-Match` and `If-Modified-Since` out altogether. The options are those of
 * `applyExperiments`; the body of the given request goes along.
 */
export function originRequest(request: Request, answer: unknown, options: ExperimentOptions = {}): Request {
  const conditions = conditionsFor(request.headers.get('If-None-Match'), tagFor(answer, options))
  if (conditions === null) return request
  return requestFor(request, { encodings: 'readable', conditions }, null)
}

/**
 * Answers the script of a page that has navigated by itself, and asks `planPath?url=…` for what belongs to the next URL.
 * `answer` is that of `GET /v1/page` for this URL, the options those of `applyExperiments`; where it is none, nothing
 * happens to the page. Never throws.
 */
export function answerNavigation(answer: unknown, options: ExperimentOptions = {}): Response {
  const plan = planOf(answer, options) ?? NO_PLAN
  const text = JSON.stringify(pageAnswer({ ...plan, cookies: [] }, answeredEdits(plan.edits, null)))
  const response = new Response(text, { headers: { ...JSON_HEADERS, 'Cache-Control': 'private, no-store' } })
  for (const cookie of plan.cookies) response.headers.append('Set-Cookie', cookie)
  return response
}

/** `null` for an answer that cannot be carried out. */
function planOf(answer: unknown, { planPath = null, cookies = [] }: ExperimentOptions): PagePlan | null {
  const parsed = safely(() => parsePageAnswer(answer))
  if (!parsed?.ok) return null
  const { value: plan } = parsed
  return {
    ...plan,
    clientNavigation: plan.clientNavigation && planPath !== null,
    cookies: plan.cacheTag === null ? plan.cookies : [...cookies, ...plan.cookies],
  }
}

/** An answer may be any object, even one that throws when it is read. */
function safely<Value>(read: () => Value): Value | null {
  try {
    return read()
  } catch {
    return null
  }
}

function tagFor(answer: unknown, options: ExperimentOptions): string | null {
  const plan = planOf(answer, options)
  return plan === null ? null : tagOf(plan)
}

/** `null`: the visitor's own. */
function conditionsFor(ifNoneMatch: string | null, tag: string | null): OriginConditions | null {
  if (tag !== null) return conditionsUnder(tag, ifNoneMatch)
  // What the visitor has kept is an edited page, of which the origin knows nothing.
  return hasPageTags(ifNoneMatch) ? UNCONDITIONAL : null
}

interface Given {
  readonly request: Request
  readonly response: Response
  readonly plan: PagePlan
}

async function apply(
  { request, response, plan }: Given,
  { planPath, onBug = ignore }: ExperimentOptions,
): Promise<Response> {
  const redirect = redirectOf(request, plan)
  if (redirect !== null) {
    void response.body?.cancel().catch(ignore)
    return redirect
  }
  if (response.status === 304 && !hasKept(request, plan)) return response
  // Without an experiment there is nothing to remember but the visitor's own choice.
  const [choice, cookies] = plan.cacheTag === null ? [plan.cookies, []] : [[], plan.cookies]
  const applied = await applyPlan({
    request,
    response,
    plan: { ...plan, cookies },
    planPath: planPath ?? '',
    eventsPath: null,
    isPreview: false,
    debug: null,
    onBug,
  })
  const answer = applied.response === response ? response : unlessKept(request, applied.response)
  return choice.length === 0 ? answer : amend(answer, choice, null)
}

function redirectOf(request: Request, { redirect, cookies }: PagePlan): Response | null {
  if (redirect === null || !/^(?:GET|HEAD)$/.test(request.method)) return null
  return redirectTo(request, { location: redirect, cookies, cookieDomain: null, isRemembered: true })
}

/** Whether the visitor may have the page as it would be now. */
function hasKept({ headers }: Request, plan: PagePlan): boolean {
  const tag = tagOf(plan)
  if (tag === null) return true
  const { ifNoneMatch, ifModifiedSince } = conditionsUnder(tag, headers.get('If-None-Match'))
  return (ifNoneMatch ?? ifModifiedSince) !== null
}

/** Whoever made the page need not know of its tags. */
function unlessKept({ headers, method }: Request, response: Response): Response {
  const etag = response.headers.get('ETag')
  const isKept = etag !== null && matchesEtag(headers.get('If-None-Match'), etag)
  if (!isKept || response.status !== 200 || !/^(?:GET|HEAD)$/.test(method)) return response
  void response.body?.cancel().catch(ignore)
  return new Response(null, { status: 304, headers: response.headers })
}

/** For bodies that nobody reads, and bugs that nobody asks for. */
function ignore(): void {}
