/** A Worker that is nothing but a proxy. What it asks of the origin beyond that comes in `X-Test-Options`. */
import { ORIGIN_TIMEOUT_MS, type Origin, originOf } from '../../src/pages/proxy/origin.ts'
import type { OriginRequestOptions } from '../../src/pages/proxy/origin-request.ts'
import { parseOrigin } from '../../src/pages/proxy/origin-setting.ts'

interface Env {
  readonly ORIGIN: string
  readonly ASSETS?: Fetcher
  readonly TIMEOUT_MS?: string
}

let made: Origin | null = null

export default {
  fetch(request, env) {
    made ??= originFrom(env)
    // As code would ask that calls the Worker in its own isolate.
    const asked = request.headers.has('X-Test-Follow') ? new Request(request, { redirect: 'follow' }) : request
    return made.fetch(asked, optionsOf(request))
  },
} satisfies ExportedHandler<Env>

function originFrom(env: Env): Origin {
  const setting = parseOrigin(env.ORIGIN)
  if (!setting.ok) throw new Error(setting.error)
  return originOf(setting.value, {
    fetch: (...sent) => fetch(...sent),
    assets: env.ASSETS ?? null,
    log: () => {},
    timeoutMs: Number(env.TIMEOUT_MS ?? ORIGIN_TIMEOUT_MS),
  })
}

const AS_IT_IS: OriginRequestOptions = { encodings: 'any', conditions: null }

function optionsOf({ headers }: Request): OriginRequestOptions {
  const options = headers.get('X-Test-Options')
  return options === null ? AS_IT_IS : { ...AS_IT_IS, ...JSON.parse(options) }
}
