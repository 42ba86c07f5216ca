/**
 * A URL, or a part of one, without the query parameters that are for us or for Optimizely's own code: `turnout_*` and
 * `optimizely_*`, in any case and however encoded. Nothing else of it changes, but that a `?` with nothing left after
 * it goes too.
 */
export function withoutOwnParameters(url: string): string {
  // Nearly every URL: no name of ours can be in it.
  if (!/turnout_|optimizely_|%/i.test(url)) return url
  return url.replace(/^([^?#]*)\?([^#]*)/, (whole, before: string, query: string) => {
    const parts = query.split('&')
    const kept = parts.filter((part) => !isOwnParameter(part))
    if (kept.length === parts.length) return whole
    return kept.length === 0 ? before : `${before}?${kept.join('&')}`
  })
}

/** Whether `name=value`, as written in a query, is for us or for Optimizely's own code. */
export function isOwnParameter(part: string): boolean {
  return /^(?:turnout|optimizely)_/i.test(part.includes('%') ? decodedName(part) : part)
}

function decodedName(part: string): string {
  const [name = ''] = new URLSearchParams(part).keys()
  return name
}
