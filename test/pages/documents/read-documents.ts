/**
 * The files beside this one hold documents, each under a line `=== name` or `=== name [charset]`, up to the line end
 * before the next such line; `\xHH` stands for the byte HH, and everything else for itself.
 */

export interface PageDocument {
  /** The file's and the document's, `doctypes: html5`; unique. */
  readonly name: string
  readonly bytes: Uint8Array
  /** The label that the document would be served with; `utf-8` unless written. */
  readonly charset: string
}

/** What a browser would parse, when it goes by the charset of the response's header. */
export function htmlOf({ bytes, charset }: Pick<PageDocument, 'bytes' | 'charset'>): string {
  return new TextDecoder(charset).decode(bytes)
}

/** The documents that a file holds. */
export function documentsOf(theme: string, text: string): PageDocument[] {
  return `\n${text}`
    .split(/\n=== /)
    .slice(1)
    .map((section) => {
      const [, name = '', charset = 'utf-8', html = ''] =
        /^(.*?)(?: \[([a-z0-9-_]+)\])?\n([\s\S]*)$/.exec(section) ?? []
      return { name: `${theme}: ${name}`, bytes: bytesOf(html), charset }
    })
    .map((document, index, all) => (index === all.length - 1 ? withoutLastLineEnd(document) : document))
}

/** Each `\xHH` becomes one byte, the rest UTF-8. */
function bytesOf(html: string): Uint8Array {
  const utf8 = unescape(encodeURIComponent(html))
  const binary = utf8.replace(/\\x([0-9a-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}

/** The line end of the file itself. */
function withoutLastLineEnd(document: PageDocument): PageDocument {
  return { ...document, bytes: document.bytes.subarray(0, -1) }
}
