/** The parameters of a page's address that are for us, and never reach the origin or its caches. */
export const OWN_PARAMETERS = {
  /** `experimentKey:variationKey`, as often as needed. */
  force: 'turnout_force',
  token: 'turnout_token',
  debug: 'turnout_debug',
  optOut: 'turnout_opt_out',
  off: 'turnout_off',
} as const

const NAMES: ReadonlySet<string | undefined> = new Set(Object.values(OWN_PARAMETERS))

/** The address without our parameters. The rest of the query keeps its bytes; without any of ours it is the same value. */
export function withoutOwnParameters(url: URL): URL {
  const query = url.search.slice(1)
  const kept = query
    .split('&')
    .filter((parameter) => !isOwn(parameter))
    .join('&')
  if (kept === query) return url
  const without = new URL(url)
  without.search = kept && `?${kept}`
  return without
}

/** A name may be percent-encoded, and is ours all the same. */
function isOwn(parameter: string): boolean {
  const [name = ''] = parameter.split('=', 1)
  return NAMES.has(name.includes('%') ? new URLSearchParams(name).keys().next().value : name)
}
