/** What an answer's headers say once the page depends on who asks for it. */

/** What caches between the Worker and the visitor go by. */
const FOR_SHARED_CACHES = [
  'Expires',
  'Pragma',
  'CDN-Cache-Control',
  'Cloudflare-CDN-Cache-Control',
  'Surrogate-Control',
]
/** True of the origin's bytes alone. */
const OF_THE_BYTES = [
  'Content-Encoding',
  'Content-Length',
  'Accept-Ranges',
  'Content-MD5',
  'Digest',
  'Content-Digest',
  'Repr-Digest',
]

/**
 * Makes an answer the visitor's own: browsers may keep it and have to ask again, nobody else may keep it. Where the
 * origin forbids keeping it at all, that stands.
 */
export function makePersonal(headers: Headers, etag: string | null): void {
  const noStore = /\bno-store\b/i.test(headers.get('Cache-Control') ?? '')
  headers.set('Cache-Control', noStore ? 'private, no-store' : 'private, no-cache')
  for (const name of FOR_SHARED_CACHES) headers.delete(name)
  setEtag(headers, etag)
  varyByCookie(headers)
}

/** Makes an entity tag the only validator, or leaves none. */
export function setEtag(headers: Headers, etag: string | null): void {
  headers.delete('Last-Modified')
  if (etag === null) headers.delete('ETag')
  else headers.set('ETag', etag)
}

/** Drops what no longer describes a body that is being edited. */
export function forgetBytes(headers: Headers): void {
  for (const name of OF_THE_BYTES) headers.delete(name)
}

function varyByCookie(headers: Headers): void {
  const vary = headers.get('Vary') ?? ''
  if (!/(?:^|,)\s*(?:cookie|\*)\s*(?:,|$)/i.test(vary)) headers.append('Vary', 'Cookie')
}
