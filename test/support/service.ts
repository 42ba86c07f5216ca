import { env } from 'cloudflare:workers'
import worker from '../../src/worker.ts'
import { ORIGIN } from './flags-origin.ts'

export { ORIGIN }

type Init = RequestInit<IncomingRequestCfProperties>

/** Asks a Worker: `path` begins with a slash. */
export type Ask = (path: string, init?: Init) => Promise<Response>

export const ADMIN_TOKEN = 'token-of-the-tests'

/**
 * A Worker in an isolate of its own, with an admin token and whatever else is given: it keeps what it knows by its
 * environment, and this one is new. The KV is that of all tests of a file.
 */
export function startService(variables: object = {}): Ask {
  const environment = { ...env, ADMIN_TOKEN, ...variables }
  return async (path, init = {}) =>
    await worker.fetch(new Request<unknown, IncomingRequestCfProperties>(`${ORIGIN}${path}`, init), environment)
}

/** Uploads a datafile as an operator does. */
export async function upload(ask: Ask, sdkKey: string, datafile: object, query = ''): Promise<Response> {
  return await ask(`/v1/datafiles/${encodeURIComponent(sdkKey)}${query}`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify(datafile),
  })
}

/** A service that has a datafile under the SDK key `shop`. */
export async function startWith(datafile: object, variables: object = {}): Promise<Ask> {
  const ask = startService(variables)
  const response = await upload(ask, 'shop', datafile, '?force=true')
  if (!response.ok) throw new Error(`The datafile was refused: ${await response.text()}`)
  return ask
}

/** An answer in the parts that tests compare. */
export async function told(response: Response): Promise<{ status: number; body: unknown }> {
  return { status: response.status, body: await response.json() }
}

/** A request with the admin token. */
export function operator(init: Init = {}): Init {
  return { ...init, headers: { Authorization: `Bearer ${ADMIN_TOKEN}` } }
}
