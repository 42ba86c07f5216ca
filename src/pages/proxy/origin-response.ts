/** What the origin says of itself by its own name, in the visitor's terms. */
import { copyResponse } from '../../http/copy-response.ts'

/** Turns an answer of the origin into one for a visitor of another host. */
export type MapBack = (response: Response, visited: URL) => Response

/** Headers that send the visitor somewhere. */
const PLACES = ['Location', 'Content-Location', 'Refresh']

/**
 * Maps answers of the origin at `url`. Where nothing in it names the origin's host it is handed on as it is; otherwise
 * just that name is replaced, and everything else stays byte for byte and in order.
 */
export function mapperOf(url: string): MapBack {
  const { hostname, port } = new URL(url)
  const ports = port === '' ? '(?::(?:443|80))?' : `:${port}`
  // In `Location` the address comes first, in `Refresh` after the seconds.
  const place = new RegExp(
    `^([\\d.]*\\s*[;,]\\s*url\\s*=\\s*["']?)?((?:https?:)?//)${literal(hostname)}${ports}(?=[/?#"']|$)`,
    'i',
  )

  return (response, visited) => {
    const { headers } = response
    if (!headers.has('Set-Cookie') && !PLACES.some((name) => headers.has(name))) return response
    const places = PLACES.flatMap((name) => {
      const value = headers.get(name)
      if (value === null) return []
      const mapped = value.replace(
        place,
        (_, before = '', scheme: string) =>
          `${before}${scheme === '//' ? scheme : `${visited.protocol}//`}${visited.host}`,
      )
      return mapped === value || isMangled(value) ? [] : [[name, mapped] as const]
    })
    const cookies = headers.getSetCookie()
    const mappedCookies = cookies.map((cookie) => mapCookie(cookie, hostname, visited.hostname))
    const keepsCookies = mappedCookies.every((cookie, index) => cookie === cookies[index]) || cookies.some(isMangled)
    if (places.length === 0 && keepsCookies) return response
    const answer = copyResponse(response)
    for (const [name, value] of places) answer.headers.set(name, value)
    if (keepsCookies) return answer
    answer.headers.delete('Set-Cookie')
    for (const cookie of mappedCookies) answer.headers.append('Set-Cookie', cookie)
    return answer
  }
}

/** Bytes that are not UTF-8 were lost in reading; they are still there as long as nothing is written in their place. */
function isMangled(value: string): boolean {
  return value.includes('\ufffd')
}

/** A domain that the browser takes from the origin's host and would refuse from the visitor's becomes the latter. */
function mapCookie(cookie: string, originHost: string, visitedHost: string): string {
  return cookie.replace(/(;\s*domain\s*=\s*\.?)([^;\s]+)/gi, (whole, before: string, domain: string) => {
    const name = domain.toLowerCase()
    return isWithin(originHost, name) && !isWithin(visitedHost, name) ? `${before}${visitedHost}` : whole
  })
}

function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`)
}

function literal(text: string): string {
  return text.replace(/[^\w-]/g, '\\$&')
}
