import { describe, expect, it } from 'vitest'
import { editableHtml } from '../../../src/pages/html/editable.ts'

/** Labels of the Encoding Standard for which ASCII is ASCII. */
const EDITABLE_LABELS = `
  unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8 866 cp866 csibm866 ibm866 csisolatin2
  iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2 csisolatin3 iso-8859-3 iso-ir-109
  iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3 csisolatin4 iso-8859-4 iso-ir-110 l4 latin4
  csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 arabic asmo-708 csiso88596e csiso88596i csisolatinarabic
  ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7
  sun_eu_greek csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e visual csiso88598i iso-8859-8-i logical
  csisolatin6 iso-8859-10 l6 latin6 iso-8859-13 iso-8859-14 csisolatin9 iso-8859-15 l9 iso-8859-16 cskoi8r koi koi8
  koi8-r koi8_r koi8-ru koi8-u csmacintosh mac macintosh x-mac-roman dos-874 iso-8859-11 tis-620 windows-874 cp1250
  windows-1250 x-cp1250 cp1251 windows-1251 ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1
  iso-ir-100 iso8859-1 iso88591 iso_8859-1 l1 latin1 us-ascii windows-1252 x-cp1252 cp1253 windows-1253 cp1254
  csisolatin5 iso-8859-9 l5 latin5 windows-1254 cp1255 windows-1255 cp1256 windows-1256 cp1257 windows-1257 cp1258
  windows-1258 x-mac-cyrillic x-mac-ukrainian chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk
  iso-ir-58 x-gbk gb18030 big5 big5-hkscs cn-big5 csbig5 x-x-big5 cseucpkdfmtjapanese euc-jp x-euc-jp csshiftjis
  ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis cseuckr csksc56011987 euc-kr iso-ir-149 korean
  ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949 x-user-defined
`
  .trim()
  .split(/\s+/)

/** Labels for which it is not, that have no decoder, or that nobody knows. */
const UNEDITABLE_LABELS = `
  csiso2022jp iso-2022-jp csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr replacement unicodefffe
  utf-16be csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le utf-7 bogus
`
  .trim()
  .split(/\s+/)

/** What is said of a page in UTF-8, and put over it. */
interface Case {
  readonly method?: string
  readonly status?: number
  readonly body?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

describe('a page that may be edited', () => {
  it.each<[string, Case, string | null]>([
    ['is plain HTML', {}, 'utf-8'],
    ['may say nothing of its charset', type('text/html'), null],
    ['may say an empty charset', type('text/html; charset='), null],
    ['may write its type as it likes', type(' TEXT/HTML ;CHARSET=UTF-8 '), 'utf-8'],
    ['may quote its charset', type('text/html; charset="Shift_JIS"'), 'shift_jis'],
    ['may escape in its charset', type('text/html; charset="g\\bk"'), 'gbk'],
    ['may have other parameters', type('text/html; profile=x;charset=utf8 ; y="a;charset=bogus,b"'), 'utf-8'],
    ['may say a charset only in a quoted value', type('text/html; y=";charset=bogus"'), null],
    ['is in its first charset', type('text/html;charset=gbk;charset=bogus'), 'gbk'],
    ['may say its type twice', type('text/html, text/html'), null],
    ['may say its type twice with a charset', type('text/html; charset=utf-8, text/html'), 'utf-8'],
    ['may say its type twice with a charset at last', type('text/html, text/html; charset=latin1'), 'windows-1252'],
    ['may be compressed with gzip', header('Content-Encoding', 'gzip'), 'utf-8'],
    ['may be compressed with gzip in capitals', header('Content-Encoding', ' GZIP '), 'utf-8'],
    ['may be compressed with brotli', header('Content-Encoding', 'br'), 'utf-8'],
    ['may have an empty encoding', header('Content-Encoding', ''), 'utf-8'],
    ['may be cached', header('Cache-Control', 'public, max-age=60'), 'utf-8'],
    ['may name an extension of caching like it', header('Cache-Control', 'x-no-transform-y'), 'utf-8'],
    ['may be shown inline', header('Content-Disposition', 'inline; filename="attachment.html"'), 'utf-8'],
    ['may answer a POST', { method: 'POST' }, 'utf-8'],
    ['may answer a HEAD without a body', { method: 'HEAD', body: null }, 'utf-8'],
  ])('%s', (_, given, charset) => {
    expect(ask(given)).toEqual({ charset })
  })

  it.each<[string, Case]>([
    ['is nothing without a body', { body: null }],
    ['is no answer to a PUT', { method: 'PUT' }],
    ['is no 203', { status: 203 }],
    ['is no 404', { status: 404 }],
    ['is no 206', { status: 206 }],
    ['is no 503', { status: 503 }],
    ['is no redirect', { status: 302 }],
    ['is nothing without a type', type('')],
    ['is no XHTML', type('application/xhtml+xml')],
    ['is no JSON', type('application/json')],
    ['is no text', type('text/plain')],
    ['is no type that starts like it', type('text/html5')],
    ['is no event stream', type('text/event-stream')],
    ['is not two types', type('text/html, text/plain')],
    ['is not two types the other way', type('text/plain, text/html')],
    ['is not in two charsets', type('text/html; charset=utf-8, text/html; charset=gbk')],
    ['is not compressed twice', header('Content-Encoding', 'gzip, br')],
    ['is not compressed with deflate', header('Content-Encoding', 'deflate')],
    ['is not compressed with zstd', header('Content-Encoding', 'zstd')],
    ['is not compressed with what nobody knows', header('Content-Encoding', 'x')],
    ['is not to be left as it is', header('Cache-Control', 'no-transform')],
    ['is not to be left as it is among others', header('Cache-Control', 'public,No-Transform , max-age=60')],
    ['is not to be saved', header('Content-Disposition', 'attachment')],
    ['is not to be saved under a name', header('Content-Disposition', 'Attachment; filename=a.html')],
  ])('%s', (_, given) => {
    expect(ask(given)).toBeNull()
  })
})

describe('a charset', () => {
  it.each(EDITABLE_LABELS)('%s can be edited, and HTMLRewriter takes it', async (label) => {
    expect(ask(type(`text/html; charset=${label}`))?.charset).toBe(new TextDecoder(label).encoding)
    expect(await rewritten(label)).toBe('<p a="b">x')
  })

  it.each(UNEDITABLE_LABELS)('%s cannot be edited, and HTMLRewriter throws at it', async (label) => {
    expect(ask(type(`text/html; charset=${label}`))).toBeNull()
    await expect(rewritten(label)).rejects.toThrow(TypeError)
  })
})

function ask({ method = 'GET', status = 200, body = '<p>x', headers = {} }: Case) {
  return editableHtml(
    method,
    new Response(body, { status, headers: { 'Content-Type': 'text/html;charset=utf-8', ...headers } }),
  )
}

function header(name: string, value: string): Case {
  return { headers: { [name]: value } }
}

function type(value: string): Case {
  return header('Content-Type', value)
}

async function rewritten(label: string): Promise<string> {
  const response = new Response('<p>x', { headers: { 'Content-Type': `text/html; charset=${label}` } })
  const rewriter = new HTMLRewriter().on('p', { element: (element) => void element.setAttribute('a', 'b') })
  return await rewriter.transform(response).text()
}
