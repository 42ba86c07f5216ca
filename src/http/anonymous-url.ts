/** An absolute http or https URL without a user name; `null` for anything else. */
export function anonymousUrl(text: string): URL | null {
  const url = URL.parse(text)
  return url === null || !/^https?:/.test(url.protocol) || url.username !== '' || url.password !== '' ? null : url
}

/** The same, over https, or to this machine while developing. */
export function safeUrl(text: string): URL | null {
  const url = anonymousUrl(text)
  return url?.protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(url.hostname) ? null : url
}
