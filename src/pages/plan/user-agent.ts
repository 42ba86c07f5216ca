/**
 * What a request's headers say of the browser. Three small tables instead of a package: those of at most 3 kB know
 * nothing of devices, split browsers into dozens of names that would have to be mapped back, and search a user agent of
 * any length with expressions that go back and forth in it.
 */

/** Reads a header; any case. */
export type Header = (name: string) => string | null

type Rows = readonly (readonly [name: string, pattern: RegExp])[]

// Brands of the client hint `Sec-CH-UA` stand in quotes, the rest is from user agents. The first row that matches counts:
// most browsers name those that they are not.
const BROWSERS: Rows = [
  ['edge', /Microsoft Edge"|Edg(?:e|A|iOS)?\//],
  ['opera', /"Opera|OP(?:R|T|iOS)\/|Opera[ /]/],
  ['samsung', /Samsung(?: Internet"|Browser)/],
  ['yandex', /"Yandex|YaBrowser/],
  ['firefox', /Firefox\/|FxiOS\//],
  ['other', /Android WebView"|; wv\)/],
  ['chrome', /Google Chrome"|Chrome\/|Chromium\/|CriOS\//],
  ['ie', /MSIE |Trident\//],
  ['other', /Android/],
  ['safari', /Safari\//],
]

const SYSTEMS: Rows = [
  ['other', /Windows Phone|Tizen|Web0S|KAIOS|PlayStation|Nintendo/],
  ['ios', /"iOS"|iP(?:hone|ad|od)/],
  ['android', /Android/],
  ['windows', /Windows/],
  ['chromeos', /Chrom(?:e|ium) OS"|CrOS/],
  ['macos', /"macOS"|Macintosh/],
  ['linux', /Linux|X11/],
]

const DEVICES: Rows = [
  ['tv', /\bTV\b|(?:Smart|Hbb|Apple|Google)TV|Web0S|CrKey|BRAVIA|\bAFT[A-Z]/],
  ['other', /PlayStation|Nintendo|Xbox/],
  ['tablet', /iPad|Tablet(?! PC)|PlayBook|Kindle|Android(?!.*Mobi)/],
  ['mobile', /Mobi|iPhone|iPod|Opera Mini|BlackBerry|Android/],
  ['desktop', /Windows|Macintosh|CrOS|Linux|X11/],
]

/** `chrome`, `edge`, `safari`, `firefox`, `samsung`, `opera`, `yandex`, `ie` or `other`; `undefined`: nothing says. */
export function browserOf(header: Header): string | undefined {
  return rowOf(BROWSERS, start(header('sec-ch-ua'))) ?? fromUserAgent(BROWSERS, header)
}

/** `windows`, `macos`, `ios`, `android`, `chromeos`, `linux` or `other`; `undefined`: nothing says. */
export function systemOf(header: Header): string | undefined {
  return rowOf(SYSTEMS, start(header('sec-ch-ua-platform'))) ?? fromUserAgent(SYSTEMS, header)
}

/** `desktop`, `mobile`, `tablet`, `tv` or `other`; `undefined`: nothing says. */
export function deviceOf(header: Header): string | undefined {
  return header('sec-ch-ua-mobile') === '?1' ? 'mobile' : fromUserAgent(DEVICES, header)
}

function fromUserAgent(rows: Rows, header: Header): string | undefined {
  const userAgent = start(header('user-agent'))
  return userAgent === '' ? undefined : (rowOf(rows, userAgent) ?? 'other')
}

function rowOf(rows: Rows, text: string): string | undefined {
  return rows.find(([, pattern]) => pattern.test(text))?.[0]
}

/** As much as browsers send: what is behind it costs no time. */
function start(text: string | null): string {
  return text?.slice(0, 512) ?? ''
}
