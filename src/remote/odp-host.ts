import { safeUrl } from '../http/anonymous-url.ts'

/** Over https, or to this machine while developing; `null` for anything else. */
export function odpHost(text: string): string | null {
  const url = safeUrl(text)
  return url === null || url.search !== '' || url.hash !== '' ? null : url.href.replace(/\/+$/, '')
}
