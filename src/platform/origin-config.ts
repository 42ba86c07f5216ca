import { type OriginSetting, parseOrigin } from '../pages/proxy/origin-setting.ts'
import { can, quoted, type Reader, readBinding, readText } from './read-env.ts'

/** What is needed of a binding to static assets. */
export interface Assets {
  fetch(request: Request, init?: RequestInit): Promise<Response>
}

/** `ORIGIN`, and `ASSETS` where it asks for them. */
export interface OriginConfig {
  readonly setting: OriginSetting
  readonly assets: Assets | null
}

/**
 * Reads where pages come from; `null` where nothing is proxied, or what is set cannot be used, which goes to the reader.
 * Apart from everything else, so that pages are passed on whatever is wrong there.
 */
export function readOriginConfig(reader: Reader): OriginConfig | null {
  const text = readText(reader, 'ORIGIN')
  if (text === null) return null
  const parsed = parseOrigin(text)
  if (!parsed.ok) {
    reader.refuse('ORIGIN', parsed.error, quoted(text))
    return null
  }
  if (parsed.value.kind !== 'assets') return { setting: parsed.value, assets: null }
  const expected = 'a binding of static assets, as ORIGIN is "assets"'
  const assets = readBinding(reader, 'ASSETS', { is: can<Assets>('fetch'), expected, needed: expected })
  return assets === null ? null : { setting: parsed.value, assets }
}
