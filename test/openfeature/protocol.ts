/** Judges answers by the protocol: what may come with which status, and what has to be in the body. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import schema from './ofrep-schema.json' with { type: 'json' }

/** What a judge needs of an answer. */
export interface JudgedAnswer {
  /** Of the request. */
  readonly url: string
  readonly status: number
  readonly contentType: string | null
  readonly body: string
}

/** Everything that is wrong with an answer; empty where it is as the protocol has it. */
export function faultsOf({ url, status, contentType, body }: JudgedAnswer): readonly string[] {
  if (status === 304) return isBulk(url) && body === '' ? [] : [`304 with a body, or for a single flag: ${url}`]
  const name = definitionOf(status, isBulk(url))
  if (name === undefined) return [`The protocol has no answer with status ${status}: ${url}`]
  if (!/^application\/json(;|$)/.test(contentType ?? '')) return [`Content-Type is ${contentType}`]
  const validate = validatorOf(name)
  return validate(JSON.parse(body))
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${name}${instancePath} ${message}: ${body}`)
}

/** `fetch` for providers, which fails where the answer is not as the protocol has it. */
export async function judgingFetch(request: Request | URL | string, init?: RequestInit): Promise<Response> {
  const response = await fetch(request, init)
  const contentType = response.headers.get('content-type')
  const faults = faultsOf({
    url: response.url,
    status: response.status,
    contentType,
    body: await response.clone().text(),
  })
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return response
}

function isBulk(url: string): boolean {
  return new URL(url).pathname.endsWith('/evaluate/flags')
}

type Definition = keyof (typeof schema)['$defs']

/** 503 is ours: a server's error whose body the protocol leaves open. */
function definitionOf(status: number, isBulkAnswer: boolean): Definition | undefined {
  switch (status) {
    case 200:
      return isBulkAnswer ? 'bulkEvaluationSuccess' : 'evaluationSuccess'
    case 400:
      return isBulkAnswer ? 'bulkEvaluationFailure' : 'evaluationFailure'
    case 404:
      return isBulkAnswer ? undefined : 'flagNotFound'
    case 500:
      return isBulkAnswer ? 'generalErrorResponse' : 'evaluationFailure'
    case 401:
    case 403:
    case 429:
    case 503:
      return 'generalErrorResponse'
    default:
      return undefined
  }
}

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true }).addSchema(schema)

function validatorOf(name: Definition): ValidateFunction {
  const validate = ajv.getSchema(`${schema.$id}#/$defs/${name}`)
  if (validate === undefined) throw new Error(`The schema has no ${name}`)
  return validate
}
