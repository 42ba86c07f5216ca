import { createPuller, type Puller } from '../../src/admin/pull-datafile.ts'
import { createOperator, MAX_BYTES, type Operator } from './operator.ts'

/** Where datafiles are published, and what it was asked. */
export interface Cdn {
  readonly asked: readonly Asked[]
  /** What it answers with from now on; what is thrown is a network that fails. */
  answer: () => Response | Promise<Response>
}

export interface Asked {
  readonly url: string
  readonly ifModifiedSince: string | null
  readonly authorization: string | null
  readonly redirect: RequestInit['redirect']
}

/** An isolate that pulls, over a scripted KV and clock. */
export interface Pulling {
  readonly cdn: Cdn
  readonly operator: Operator
  readonly puller: Puller
  nowMs: number
}

export const NOW_MS = 1_790_000_000_000

export function createPulling(operator: Operator = createOperator({ clock: () => NOW_MS })): Pulling {
  const asked: Asked[] = []
  const cdn: Cdn = { asked, answer: () => new Response(null, { status: 404 }) }
  const pulling: Pulling = {
    cdn,
    operator,
    nowMs: NOW_MS,
    puller: createPuller({
      kv: operator.kv,
      datafiles: operator,
      settings: { urlOf: (sdkKey) => `https://cdn.example/${sdkKey}.json`, token: 'cdn-token' },
      fetch: async (url, { headers, redirect }) => {
        const sent = new Headers(headers)
        asked.push({
          url,
          ifModifiedSince: sent.get('If-Modified-Since'),
          authorization: sent.get('Authorization'),
          redirect,
        })
        return await cdn.answer()
      },
      maxDatafileBytes: MAX_BYTES,
      clock: () => pulling.nowMs,
      random: () => 1,
    }),
  }
  return pulling
}
