/** Which answers are pages that may be edited. Everything else is passed on as it came. */

export interface EditableHtml {
  /** What the header says, in the encoding's own name and lower case; `null` where only the page says it. */
  readonly charset: string | null
}

/**
 * Whether an answer is a page that we can edit without harm, and in which charset: a whole one, in HTML, for showing,
 * decodable by the runtime, and in an encoding in which ASCII is ASCII. `null` where it is not. Its body is not looked at.
 */
export function editableHtml(method: string, response: Response): EditableHtml | null {
  const { status, headers, body } = response
  const hasBody = body !== null || method === 'HEAD'
  if (status !== 200 || !hasBody || !/^(?:GET|POST|HEAD)$/.test(method)) return null
  if (/(?:^|,)\s*no-transform\s*(?:,|$)/i.test(headers.get('Cache-Control') ?? '')) return null
  if (/^\s*attachment\b/i.test(headers.get('Content-Disposition') ?? '')) return null
  if (!/^(?:|gzip|br|identity)$/i.test(headers.get('Content-Encoding')?.trim() ?? '')) return null
  return htmlOf(headers.get('Content-Type') ?? '')
}

/** Servers that say it twice say the same twice, or are not believed. */
function htmlOf(contentType: string): EditableHtml | null {
  const values = (contentType.match(/(?:"(?:[^"\\]|\\.)*"?|[^",])+/g) ?? []).map(htmlOfValue)
  const charset = values.find((value) => value?.charset)?.charset ?? null
  const isOne = values.length > 0 && values.every((value) => value && (value.charset ?? charset) === charset)
  return isOne ? { charset } : null
}

function htmlOfValue(value: string): EditableHtml | null {
  const [essence, parameters = ''] = value.split(/;([\s\S]*)/)
  if (essence?.trim().toLowerCase() !== 'text/html') return null
  for (const [, name, quoted, plain] of `;${parameters}`.matchAll(PARAMETER)) {
    const label = (quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '').trim()
    if (name?.toLowerCase() !== 'charset' || label === '') continue
    const charset = encodingOf(label)
    return charset === null ? null : { charset }
  }
  return { charset: null }
}

const PARAMETER = /;\s*([^\s=;]*)(?:="((?:[^"\\]|\\.)*)"?|=([^;]*))?/g

/** `null` for what the Encoding Standard has no decoder for, and for encodings in which ASCII bytes may mean something else. */
function encodingOf(label: string): string | null {
  if (/^utf-?8$/i.test(label)) return 'utf-8'
  try {
    const { encoding } = new TextDecoder(label)
    return /^(?:utf-16|iso-2022|replacement)/.test(encoding) ? null : encoding
  } catch {
    return null
  }
}
