/** A Worker that is nothing but a proxy. What it asks of the origin beyond that comes in `X-Test-Options`. */
import { ORIGIN_TIMEOUT_MS, originOf } from '../../src/pages/proxy/origin.ts'
import type { OriginRequestOptions } from '../../src/pages/proxy/origin-request.ts'
import { parseOrigin } from '../../src/pages/proxy/origin-setting.ts'

interface Env {
  readonly ORIGIN: string
  readonly ASSETS?: Fetcher
  readonly TIMEOUT_MS?: string
}

export default {
  fetch(request, env) {
    const setting = parseOrigin(env.ORIGIN)
    if (!setting.ok) return new Response(setting.error, { status: 500 })
    const origin = originOf(setting.value, {
      fetch: (...sent) => fetch(...sent),
      assets: env.ASSETS ?? null,
      log: () => {},
      timeoutMs: Number(env.TIMEOUT_MS ?? ORIGIN_TIMEOUT_MS),
    })
    return origin.fetch(request, optionsOf(request))
  },
} satisfies ExportedHandler<Env>

function optionsOf(request: Request): OriginRequestOptions {
  const options: Partial<OriginRequestOptions> = JSON.parse(request.headers.get('X-Test-Options') ?? '{}')
  return { encodings: 'any', conditions: null, ...options }
}
