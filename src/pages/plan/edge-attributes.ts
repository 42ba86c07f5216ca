/** Attributes that a request to the edge says by itself; docs/page-attributes.md lists them. */
import type { Attributes, Datafile } from '../../engine/index.ts'
import { attributeKeysOf } from './attribute-keys.ts'
import { withoutOwnParameters } from './own-parameters.ts'
import type { PageFact } from './page.ts'
import { browserOf, deviceOf, type Header, systemOf } from './user-agent.ts'

/** What is known of the request for a page. */
export interface RequestFacts {
  /** As the visitor sees it, with the query. */
  readonly url: string
  readonly header: Header
  /** Cloudflare's `request.cf`; there is none outside of Cloudflare. */
  readonly cf: Readonly<Record<string, unknown>> | undefined
  /** The value of a cookie; must not throw, whatever the name. */
  readonly cookie: (name: string) => string | undefined
  /** The request came without the visitor cookie. */
  readonly isFirstSession: boolean
}

/** An attribute that the datafile names, and where its value is from. */
export interface EdgeAttribute {
  readonly key: string
  readonly read: Read
  /** What a page has to say of itself for it to be read later on; `null`: any request of the visitor's says it. */
  readonly pageFact: PageFact | null
}

/** `undefined`: the request does not say. */
type Read = (request: Request) => string | boolean | undefined

interface Request extends RequestFacts {
  /** Taken apart when it is first asked for. */
  readonly parameters: () => URLSearchParams
}

/** In UTF-16 code units; the rest of a longer value is dropped. */
const LONGEST_VALUE = 1_024

const VALUES: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['$browser', ({ header }) => browserOf(header)],
  ['$device', ({ header }) => deviceOf(header)],
  ['$os', ({ header }) => systemOf(header)],
  ['$country', place('country')],
  ['$region', place('region')],
  ['$region_code', place('regionCode')],
  ['$city', place('city')],
  ['$continent', place('continent')],
  ['$timezone', place('timezone')],
  ['$language', ({ header }) => languageIn(header('accept-language'))],
  ['$referrer', ({ header }) => header('referer') || undefined],
  ['$first_session', ({ isFirstSession }) => isFirstSession],
  ['$url', ({ url }) => withoutOwnParameters(url)],
])

interface Compiled {
  readonly names: ReadonlyMap<string, string>
  readonly attributes: readonly EdgeAttribute[]
}

const compiled = new WeakMap<Datafile, Compiled>()

const SAME_NAMES: ReadonlyMap<string, string> = new Map()

/**
 * The attributes among those that a datafile names which the edge can fill in, found once for a datafile. `names` says
 * which of ours a site calls something else: only that name is filled in then.
 */
export function edgeAttributesOf(datafile: Datafile, names = SAME_NAMES): readonly EdgeAttribute[] {
  const known = compiled.get(datafile)
  if (known?.names === names) return known.attributes
  const attributes = edgeAttributes(attributeKeysOf(datafile), names)
  compiled.set(datafile, { names, attributes })
  return attributes
}

/** The same among any keys. */
export function edgeAttributes(keys: Iterable<string>, names = SAME_NAMES): readonly EdgeAttribute[] {
  const ours = new Map<string, string>()
  for (const [our, key] of names) if (!ours.has(key)) ours.set(key, our)
  const attributes: EdgeAttribute[] = []
  for (const key of new Set(keys)) {
    const name = ours.get(key) ?? (names.has(key) ? '' : key)
    const read = readerOf(name)
    if (read !== undefined) attributes.push({ key, read, pageFact: pageFactOf(name) })
  }
  return attributes
}

function readerOf(name: string): Read | undefined {
  const [, kind, rest = ''] = /^\$(query\.|cookie\.|utm_)(.+)$/s.exec(name) ?? []
  if (kind === 'query.') return ({ parameters }) => parameters().get(rest) ?? undefined
  if (kind === 'cookie.') return ({ cookie }) => cookie(rest)
  if (kind === 'utm_') return ({ parameters }) => parameters().get(`utm_${rest}`) ?? undefined
  return VALUES.get(name)
}

function pageFactOf(name: string): PageFact | null {
  if (name === '$referrer') return 'referrer'
  if (name === '$first_session') return 'isFirstSession'
  return /^\$(?:url$|query\.|utm_)/.test(name) ? 'path' : null
}

/**
 * The attributes of a visitor with those that the edge knows and the caller did not give. `given` stays as it is, and is
 * the result where there is nothing to add; `undefined` counts as not given. Texts have at most 1,024 characters.
 */
export function fillAttributes(
  given: Attributes,
  attributes: readonly EdgeAttribute[],
  facts: RequestFacts,
): Attributes {
  if (attributes.length === 0) return given
  let filled: Record<string, unknown> | null = null
  let parameters: URLSearchParams | undefined
  const request = {
    ...facts,
    parameters: () => {
      parameters ??= new URLSearchParams(queryOf(facts.url))
      return parameters
    },
  }
  for (const { key, read } of attributes) {
    if (Object.hasOwn(given, key) && given[key] !== undefined) continue
    const value = read(request)
    if (value === undefined) continue
    filled ??= copyOf(given)
    filled[key] = typeof value === 'string' ? value.slice(0, LONGEST_VALUE) : value
  }
  return filled ?? given
}

/** Without a prototype, so that `__proto__` is a key like any other. */
function copyOf(attributes: Attributes): Record<string, unknown> {
  return Object.assign(Object.create(null), attributes)
}

function queryOf(url: string): string {
  return /^[^?#]*\?([^#]*)/.exec(url)?.[1] ?? ''
}

function place(name: string): Read {
  return ({ cf }) => {
    const value = cf?.[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
}

/** The first language of `de-CH, de;q=0.9`, as the browser writes it. */
function languageIn(header: string | null): string | undefined {
  return /^\s*([a-z][a-z\d-]*)/i.exec(header ?? '')?.[1]
}
