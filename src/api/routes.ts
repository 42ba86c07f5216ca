import { corsHeaders, preflight } from '../http/cors.ts'
import { type Query, queryOf, queryOfRoot } from '../http/query.ts'
import { createRouter, type Route } from '../http/router.ts'
import { agentBatch, isBatch } from './agent/agent-batch.ts'
import { agentDecide } from './agent/agent-decide.ts'
import { agentRoute } from './agent/agent-route.ts'
import { AGENT_ROUTES } from './agent/agent-routes.ts'
import type { Api } from './api.ts'
import { deleteDatafile, getDatafile, putDatafile } from './datafiles.ts'
import { getDecision, headDecision, postDecision } from './decide.ts'
import { postEvents } from './events/post-events.ts'
import { respondFailure } from './failure.ts'
import { getHealth } from './health.ts'
import { evaluateFlag, evaluateFlags } from './ofrep/evaluate.ts'
import { ofrepRoute } from './ofrep/ofrep-route.ts'
import { getPage, getPageScript } from './page.ts'
import { postAnnouncement } from './webhook.ts'

/** Every path that is not `/`, with what it answers to. */
const ROUTES: readonly Route<Api>[] = [
  { path: '/v1/decide', methods: { POST: agentRoute(agentDecide) }, preflight: permit, amend: permitReading },
  ...AGENT_ROUTES,
  {
    path: '/v1/datafiles/:sdkKey',
    methods: { GET: getDatafile, PUT: putDatafile, DELETE: deleteDatafile },
    isThere: hasOperators,
  },
  {
    path: '/ofrep/v1/evaluate/flags',
    methods: { POST: ofrepRoute(evaluateFlags) },
    preflight: permit,
    amend: permitReading,
  },
  {
    path: '/ofrep/v1/evaluate/flags/:flagKey',
    methods: { POST: ofrepRoute(evaluateFlag) },
    preflight: permit,
    amend: permitReading,
  },
  { path: '/v1/events', methods: { POST: postEvents }, preflight: permit, amend: permitReading },
  { path: '/v1/page', methods: { GET: getPage }, preflight: permit },
  { path: '/v1/page.js', methods: { GET: getPageScript } },
  { path: '/webhooks/optimizely', methods: { POST: postAnnouncement }, isThere: hasAnnouncements },
  { path: '/health', methods: { GET: getHealth } },
]

const route = createRouter(ROUTES, {
  notFound: () => respondFailure({ code: 'not_found' }),
  methodNotAllowed: (_request, _api, allow) => respondFailure({ code: 'method_not_allowed', allow }),
})

const DECISION_METHODS = 'GET, HEAD, POST, OPTIONS'

/** Answers a request to the decision service. What is thrown on the way is a bug. */
export function answerRequest(request: Request, api: Api): Response | Promise<Response> {
  const { url, method } = request
  const query = queryOfRoot(url)
  // The hot path, matched before all else.
  if (query !== null && method === 'GET') return getDecision(request, query, api)
  const answer = query === null ? answerPath(request, new URL(url), api) : answerDecision(request, query, api)
  return method === 'HEAD' ? withoutBody(answer) : answer
}

async function withoutBody(answer: Response | Promise<Response>): Promise<Response> {
  const response = await answer
  // A stream that nobody reads would go on, and keep a listener's place.
  await response.body?.cancel()
  return new Response(null, response)
}

function answerPath(request: Request, url: URL, api: Api): Response | Promise<Response> {
  if (url.pathname === '/') return answerDecision(request, queryOf(url), api)
  return isBatch(request, url) ? agentBatch(request, api) : route(request, url, api)
}

function answerDecision(request: Request, query: Query, api: Api): Response | Promise<Response> {
  switch (request.method) {
    case 'GET':
      return getDecision(request, query, api)
    case 'HEAD':
      return headDecision(request, query, api)
    case 'POST':
      return postDecision(request, api)
    case 'OPTIONS':
      return preflight(request, api.allowedOrigins, DECISION_METHODS)
    default:
      return respondFailure(
        { code: 'method_not_allowed', allow: DECISION_METHODS },
        corsHeaders(request, api.allowedOrigins),
      )
  }
}

function permit(request: Request, { allowedOrigins }: Api, allow: string): Response {
  return preflight(request, allowedOrigins, allow)
}

function permitReading(response: Response, request: Request, { allowedOrigins }: Api): Response {
  for (const [name, value] of Object.entries(corsHeaders(request, allowedOrigins))) response.headers.set(name, value)
  return response
}

/** Where no project is known nobody announces anything. */
function hasAnnouncements({ updates }: Api): boolean {
  return updates !== null && updates.projects.size > 0
}

/** Without a token that could be right nobody is an operator. */
function hasOperators({ adminToken }: Api): boolean {
  return adminToken !== null
}
