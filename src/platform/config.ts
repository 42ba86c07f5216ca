import type { UpdateSettings } from '../admin/update-settings.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { EventSettings } from '../events/delivery/event-settings.ts'
import type { SiteSettings } from '../pages/proxy/site-settings.ts'
import type { KvNamespace } from '../store/kv.ts'
import { parseSdkKey } from '../store/sdk-key.ts'
import { type AgentConfig, readAgentConfig } from './agent-config.ts'
import { type ConfigWarning, readWarnings } from './config-warnings.ts'
import { readEventConfig } from './event-config.ts'
import { type KeptConfig, readKeptConfig } from './kept-config.ts'
import { readPageConfig } from './page-config.ts'
import {
  type ConfigIssue,
  can,
  quoted,
  type Reader,
  readBinding,
  readCount,
  readerOf,
  readFormed,
  readSwitch,
  readText,
  readToken,
} from './read-env.ts'
import { type RemoteConfig, readRemoteConfig } from './remote-config.ts'
import { readUpdateConfig } from './update-config.ts'

/** What is needed of Cloudflare's rate limiting binding. */
interface RateLimiter {
  limit(options: { readonly key: string }): Promise<{ readonly success: boolean }>
}

/** The Worker's bindings, secrets and variables, parsed once. README.md lists them. */
export interface Config extends AgentConfig, KeptConfig, RemoteConfig {
  /** `DATAFILES` */
  readonly datafiles: KvNamespace
  /** `ADMIN_TOKEN`; `null`: the admin routes do not exist. */
  readonly adminToken: string | null
  /** `ALLOWED_ORIGINS`: who may read decisions from a browser. */
  readonly allowedOrigins: '*' | readonly string[]
  /** `DATAFILE_ROUTES`: whether datafiles are served to SDKs. */
  readonly datafileRoutes: boolean
  /** `FRESH_SECONDS`: how long a datafile is used without asking KV again, in milliseconds. */
  readonly freshMs: number
  /** `MAX_DATAFILE_BYTES` */
  readonly maxDatafileBytes: number
  /** `RATE_LIMITER`: counts requests per network; `null` where none is bound. */
  readonly rateLimiter: RateLimiter | null
  /** `SDK_KEY`: the datafile that is meant where a request names none. */
  readonly sdkKey: string | null
  readonly pages: SiteSettings
  readonly events: EventSettings
  /** `null`: datafiles come by being uploaded. */
  readonly updates: UpdateSettings | null
  readonly warnings: readonly ConfigWarning[]
}

/** KV's own limit for a value. */
const MAX_KV_VALUE_BYTES = 25 * 1024 * 1024
/** As long as a datafile may be served while it is being refreshed: beyond that "fresh" would mean nothing. */
const MAX_FRESH_SECONDS = 300

const KV = 'a KV namespace binding'

/** The configuration that `env` holds, or all that is wrong with it. An empty text counts as not set. */
export function parseConfig(env: unknown): Result<Config, readonly ConfigIssue[]> {
  const issues: ConfigIssue[] = []
  const read = readerOf(env, issues)
  const datafiles = readBinding<KvNamespace>(read, 'DATAFILES', {
    is: can('getWithMetadata', 'put'),
    expected: KV,
    needed: KV,
  })
  const sdkKey = readSdkKey(read)
  const agent = { ...readAgentConfig(read), ...readKeptConfig(read) }
  const config = {
    adminToken: readToken(read, 'ADMIN_TOKEN'),
    allowedOrigins: readOrigins(read),
    datafileRoutes: readSwitch(read, 'DATAFILE_ROUTES', true),
    freshMs: 1000 * readCount(read, 'FRESH_SECONDS', { least: 1, most: MAX_FRESH_SECONDS, usual: 30 }),
    maxDatafileBytes: readCount(read, 'MAX_DATAFILE_BYTES', { least: 1, most: MAX_KV_VALUE_BYTES, usual: 5_000_000 }),
    rateLimiter: readBinding<RateLimiter>(read, 'RATE_LIMITER', {
      is: can('limit'),
      expected: 'a rate limiting binding',
    }),
    sdkKey,
    pages: readPageConfig(read),
    events: readEventConfig(read),
    updates: readUpdateConfig(read, sdkKey),
    warnings: readWarnings(read, agent),
    ...agent,
    ...readRemoteConfig(read),
  }
  return datafiles === null || issues.length > 0 ? err(issues) : ok({ ...config, datafiles })
}

function readOrigins(reader: Reader): '*' | readonly string[] {
  const text = readText(reader, 'ALLOWED_ORIGINS')
  if (text === null || text.trim() === '*') return '*'
  const origins = text.split(',').map((origin) => origin.trim())
  for (const origin of origins) {
    if (isOrigin(origin)) continue
    reader.refuse(
      'ALLOWED_ORIGINS',
      '"*", or origins such as https://shop.example, with commas between',
      quoted(origin),
    )
  }
  return origins
}

/** True for what a browser sends as `Origin`: lower case, no path, no default port. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text
}

function readSdkKey(reader: Reader): string | null {
  return readFormed(reader, 'SDK_KEY', { parse: parseSdkKey, expected: '1 to 64 letters, digits and +/=_-' })
}
