/** Over https, or to this machine while developing; `null` for anything else. */
export function odpHost(text: string): string | null {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null
  const isLocal = url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  return isLocal || url.protocol === 'https:' ? url.href.replace(/\/+$/, '') : null
}
