import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { reasonOf } from '../../base/reason.ts'
import { JSON_HEADERS, TEXT_HEADERS } from '../../http/headers.ts'
import { createRouter } from '../../http/router.ts'
import type { Api } from '../api.ts'
import { hasShape, isText, isTextMap, readAgentBody, type Shape, textOf } from './agent-body.ts'
import { respondAgentFailure } from './agent-failure.ts'
import { agentJson, respondAgent } from './agent-json.ts'
import { BATCH_ROUTES } from './agent-routes.ts'

/** A whole batch may hold that much. */
const BODY_BYTES = 1_048_576
/** When the answers so far are longer than that, in code units, operations that are left are refused. */
const MAX_ANSWER_UNITS = 8_388_608
/** As long as an address that comes over the network can be: whatever it names is answered, key by key. */
const MAX_URL_LENGTH = 16_384
/** Operations that are on their way at once, which bounds how far the answers go beyond that. */
const AT_ONCE = 4

const OPERATION_SHAPE: Shape = {
  method: isText,
  url: isText,
  operationID: isText,
  body: isJsonObject,
  params: isTextMap,
  headers: isTextMap,
}

const BATCH_SHAPE: Shape = {
  operations: (value) => isOperations(value),
}

/** Whether a request is a batch: the Agent takes one at any path that ends so. */
export function isBatch({ method }: Request, { pathname }: URL): boolean {
  return method === 'POST' && pathname.toLowerCase().endsWith('/batch')
}

/** Answers `POST /v1/batch`: every operation goes through the Agent's routes, here and without a network, and none is a batch. */
export async function agentBatch(request: Request, api: Api): Promise<Response> {
  const body = await readAgentBody(request, BATCH_SHAPE, BODY_BYTES)
  if (!body.ok) {
    return body.error.code === 'malformed_body'
      ? refused(400, 'cannot decode the operation body')
      : respondAgentFailure(body.error)
  }
  const { operations } = body.value
  const asked = operations !== undefined && isOperations(operations) ? operations : []
  const limit = api.batchLimit
  if (asked.length > limit) return refused(422, `too many operations, exceeding ${limit} operations`)
  return await answerAll(asked, { request, api, answers: [], units: 0 })
}

function isOperations(value: JsonValue): value is readonly (JsonObject | null)[] {
  return (
    Array.isArray(value) &&
    value.every((entry) => entry === null || (isJsonObject(entry) && hasShape(entry, OPERATION_SHAPE)))
  )
}

/** As Go's `http.Error` writes it: JSON that calls itself text. */
function refused(status: number, text: string): Response {
  return new Response(`{"error": "${text}"}\n`, { status, headers: { ...TEXT_HEADERS, 'Cache-Control': 'no-store' } })
}

/** What an operation came to. */
interface OperationAnswer {
  readonly status: number
  /** JSON, as it goes into the answer of the batch. */
  readonly json: string
}

interface Batch {
  readonly request: Request
  readonly api: Api
  readonly answers: OperationAnswer[]
  /** Of all answers so far. */
  units: number
}

async function answerAll(operations: readonly (JsonObject | null)[], batch: Batch): Promise<Response> {
  const { api, answers } = batch
  const startedAt = timeOf(api)
  const left = operations.entries()
  await Promise.all(Array.from({ length: AT_ONCE }, () => answerSome(left, batch)))
  const errorCount = answers.filter(({ status }) => status !== 200).length
  const facts = JSON.stringify({ startedAt, endedAt: timeOf(api), errorCount })
  const body = `${facts.slice(0, -1)},"response":[${answers.map(({ json }) => json).join()}]}\n`
  return new Response(body, { headers: { ...JSON_HEADERS, 'Cache-Control': 'no-store' } })
}

/** Takes operations as long as there are any; others do the same beside it. */
async function answerSome(left: Iterable<[number, JsonObject | null]>, batch: Batch): Promise<void> {
  for (const [index, operation] of left) {
    const answer = await answerOperation(operation ?? {}, batch)
    batch.answers[index] = answer
    batch.units += answer.json.length
  }
}

async function answerOperation(operation: JsonObject, batch: Batch): Promise<OperationAnswer> {
  const startedAt = timeOf(batch.api)
  const response = await perform(operation, batch)
  const isJson = response.headers.get('Content-Type')?.startsWith('application/json')
  const text = (await response.text()).trimEnd()
  const facts = agentJson({
    status: response.status,
    requestID: response.headers.get('X-Request-Id') ?? '',
    operationID: textOf(operation.operationID),
    method: textOf(operation.method),
    url: textOf(operation.url),
  })
  const times = JSON.stringify({ startedAt, endedAt: timeOf(batch.api) })
  const body = isJson && text !== '' ? text : 'null'
  return { status: response.status, json: `${facts.slice(0, -2)},"body":${body},${times.slice(1)}` }
}

async function perform(operation: JsonObject, { request, api, units }: Batch): Promise<Response> {
  if (units > MAX_ANSWER_UNITS) return told(413, 'the answers of this batch are too large')
  const inner = requestOf(operation, request)
  if (inner === null) return told(400, 'the operation is not a request')
  const url = new URL(inner.url)
  if (isBatch(inner, url)) return told(400, 'a batch cannot hold a batch')
  try {
    return await route(inner, url, api)
  } catch (cause) {
    // A bug, which must not take the other operations along.
    const requestId = crypto.randomUUID()
    api.log({ level: 'error', code: 'internal_error', requestId, message: reasonOf(cause) })
    return told(500, `internal error ${requestId}`)
  }
}

const route = createRouter(BATCH_ROUTES, {
  notFound: () => told(404, 'not found'),
  methodNotAllowed: () => told(405, 'method not allowed'),
})

function told(status: number, error: string): Response {
  return respondAgent({ error }, status)
}

/** The request that an operation describes, or `null`. Of its URL only path and query count: it goes nowhere but here. */
function requestOf({ method, url, params, headers, body }: JsonObject, outer: Request): Request | null {
  try {
    const target = new URL('/', outer.url)
    const asked = new URL(textOf(url), target)
    target.pathname = asked.pathname
    target.search = asked.search
    for (const [name, value] of Object.entries(isTextMap(params) ? params : {})) target.searchParams.append(name, value)
    if (target.href.length > MAX_URL_LENGTH) return null
    const init = { method: textOf(method) || 'GET', headers: headersOf(isTextMap(headers) ? headers : {}, outer) }
    const hasBody = !/^(?:GET|HEAD)$/i.test(init.method)
    return new Request(target.href, hasBody ? { ...init, body: JSON.stringify(body ?? null) } : init)
  } catch {
    // What neither URL nor Request takes is no request: a method or header with a space, an address without an end.
    return null
  }
}

/** Those of the operation, which need not say that its body is JSON and cannot say from where it comes. */
function headersOf(given: Readonly<Record<string, string>>, outer: Request): Headers {
  const headers = new Headers(given)
  headers.set('Content-Type', 'application/json')
  headers.delete('Content-Length')
  const address = outer.headers.get('CF-Connecting-IP')
  if (address === null) headers.delete('CF-Connecting-IP')
  else headers.set('CF-Connecting-IP', address)
  return headers
}

function timeOf({ clock }: Api): string {
  return new Date(clock()).toISOString()
}
