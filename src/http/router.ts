import { IttyRouter } from 'itty-router/IttyRouter'

/** What a handler gets beside what the API depends on. */
export interface RoutedRequest {
  readonly request: Request
  readonly url: URL
  /** Named parts of the path, decoded; one that is not well encoded is `null`. */
  readonly params: Readonly<Record<string, string | null>>
}

export type Handler<Context> = (routed: RoutedRequest, context: Context) => Response | Promise<Response>

/** One path and what it answers to; `HEAD` is handled as `GET`, and whoever sends the answer leaves its body out. */
export interface Route<Context> {
  /** As itty-router has them: `/v1/datafiles/:sdkKey`. */
  readonly path: string
  readonly methods: Readonly<Partial<Record<Method, Handler<Context>>>>
  /** Whether there is such a route, for any method; absent where it is always there. */
  readonly isThere?: (context: Context) => boolean
  /** Answers `OPTIONS`, given the route's `Allow`. Absent where pages of other origins have no business. */
  readonly preflight?: (request: Request, context: Context, allow: string) => Response
  /** Adds to every other answer of the route, a refusal among them. */
  readonly amend?: (response: Response, request: Request, context: Context) => Response
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** What is said where no route or no method fits. */
export interface Misfits<Context> {
  readonly notFound: (request: Request, context: Context) => Response
  readonly methodNotAllowed: (request: Request, context: Context, allow: string) => Response
}

/** Makes one function of a table of routes. */
export function createRouter<Context>(
  routes: readonly Route<Context>[],
  misfits: Misfits<Context>,
): (request: Request, url: URL, context: Context) => Promise<Response> {
  const router = IttyRouter()
  for (const route of routes) {
    router.all(
      route.path,
      (matched: { params: Record<string, string> }, request: Request, url: URL, context: Context) =>
        dispatch(route, misfits, { request, url, params: decoded(matched.params) }, context),
    )
  }
  return async (request, url, context) => {
    const response: Response | undefined = await router.fetch(
      // Without the query, of which the router would make an object in a time that is the square of its length.
      { method: request.method, url: `${url.origin}${url.pathname}` },
      request,
      url,
      context,
    )
    return response ?? misfits.notFound(request, context)
  }
}

/** The methods of a route, as `Allow` lists them. */
export function allowOf<Context>({ methods, preflight }: Route<Context>): string {
  const names = Object.keys(methods).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  return (preflight === undefined ? names : [...names, 'OPTIONS']).join(', ')
}

async function dispatch<Context>(
  route: Route<Context>,
  misfits: Misfits<Context>,
  routed: RoutedRequest,
  context: Context,
): Promise<Response> {
  const { request } = routed
  if (route.isThere?.(context) === false) return misfits.notFound(request, context)
  if (request.method === 'OPTIONS' && route.preflight) return route.preflight(request, context, allowOf(route))
  const handler = handlerOf(route, request.method)
  const response =
    handler === undefined ? misfits.methodNotAllowed(request, context, allowOf(route)) : await handler(routed, context)
  return route.amend?.(response, request, context) ?? response
}

function handlerOf<Context>({ methods }: Route<Context>, method: string): Handler<Context> | undefined {
  switch (method) {
    case 'HEAD':
      return methods.GET
    case 'GET':
    case 'POST':
    case 'PUT':
    case 'DELETE':
      return methods[method]
    default:
      return undefined
  }
}

function decoded(params: Readonly<Record<string, string>>): RoutedRequest['params'] {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decodedPart(value)]))
}

function decodedPart(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}
