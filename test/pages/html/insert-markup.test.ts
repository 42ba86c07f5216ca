import { describe, expect, it, vi } from 'vitest'
import { type Insertion, insertAtScriptPlace } from '../../../src/pages/html/insert-markup.ts'
import { scanPrefix } from '../../../src/pages/html/prefix-scan.ts'
import { DOCUMENTS } from '../documents/documents.ts'
import { GENERATED_DOCUMENTS } from '../documents/generated.ts'

const MARKUP = '<script data-turnout>1</script>'
const HTML = { 'Content-Type': 'text/html' }
const encoder = new TextEncoder()
/** In truth windows-1252, which has another character for each byte too. */
const LATIN1 = new TextDecoder('latin1')

/** Each goes another way through the search: a head, none, a charset to be passed, AMP, text, a comment, a byte order mark. */
const REPRESENTATIVE = [
  'shops: product page',
  'shops: list page with omitted tags',
  'shops: old static page',
  'shops: php warnings before the page',
  'comments: conditional for internet explorer',
  'comments: in the middle of everything',
  'comments: unclosed',
  'doctypes: xml declaration before an xhtml doctype',
  'attributes: spaces around the equals sign',
  'encodings: utf-8 with a byte order mark',
  'encodings: Shift_JIS',
  'encodings: UTF-16 little endian with a byte order mark',
  'heads: amp with a lightning sign',
  'heads: http-equiv charset',
  'implied: text only',
  'implied: empty document',
]

describe('every document', () => {
  it.each(DOCUMENTS)('comes out with the markup at its place: "$name"', async ({ bytes }) => {
    expect(await sent(pageOf([bytes]))).toEqual(expected(bytes))
  })

  it.each(DOCUMENTS)('comes out the same from single bytes: "$name"', async ({ bytes }) => {
    expect(await sent(pageOf(Array.from(bytes, (byte) => Uint8Array.of(byte))))).toEqual(expected(bytes))
  })
})

describe('a document that is large or deep', () => {
  it.each(GENERATED_DOCUMENTS)('comes out with the markup at its place: $name', async ({ make }) => {
    const bytes = encoder.encode(make())
    expect((await sent(pageOf(cut(bytes, 16_384)))) === expected(bytes)).toBe(true)
  })
})

describe('chunks', () => {
  const documents = DOCUMENTS.filter(({ name }) => REPRESENTATIVE.includes(name))

  it('are tried on documents that are there', () => {
    expect(documents.map(({ name }) => name).toSorted()).toEqual(REPRESENTATIVE.toSorted())
  })

  it('that are parts of larger buffers leave what stands behind them', async () => {
    const larger = encoder.encode(`<head><title>t</title></head>${'-'.repeat(MARKUP.length)}`)
    const before = latin1(larger)
    const page = larger.subarray(0, larger.length - MARKUP.length)
    expect(await sent(pageOf([page]))).toBe(expected(page))
    expect(latin1(larger)).toBe(before)
  })

  it.each(documents)('may be cut anywhere in the first 2 kB of "$name"', async ({ bytes }) => {
    const whole = expected(bytes)
    const cuts = Array.from({ length: Math.min(bytes.length, 2048) }, (_, cut) => cut)
    const results = await Promise.all(cuts.map((cut) => sent(pageOf([bytes.slice(0, cut), bytes.slice(cut)]))))
    expect(cuts.filter((cut) => results[cut] !== whole)).toEqual([])
  })

  it('may be empty', async () => {
    const empty = new Uint8Array()
    const page = encoder.encode('<!DOCTYPE html><html><head><title>t</title></head>')
    const chunks = [empty, page.slice(0, 3), empty, page.slice(3, 25), empty, page.slice(25), empty]
    expect(await sent(pageOf(chunks))).toBe(expected(page))
  })
})

describe('time', () => {
  it('is not lost: the start is there while the rest is still to come', async () => {
    const { response, push, close } = openPage()
    push('<!DOCTYPE html><html><head><title>')
    const reader = readerOf(await inserted(response))
    expect(await next(reader)).toBe(`<!DOCTYPE html><html><head>${MARKUP}<title>`)
    push('t</title>')
    expect(await next(reader)).toBe('t</title>')
    close()
    expect(await next(reader)).toBeNull()
  })
})

describe('a fault', () => {
  it('of the origin later comes after all that came before it', async () => {
    const { response, push, fail } = openPage()
    push('<head><title>')
    const reader = readerOf(await inserted(response))
    expect(await next(reader)).toBe(`<head>${MARKUP}<title>`)
    push('t')
    expect(await next(reader)).toBe('t')
    fail(new Error('origin is gone'))
    await expect(reader.read()).rejects.toThrow('origin is gone')
  })

  it('of the visitor, who leaves, ends the reading of the origin', async () => {
    const { response, push, cancelled } = openPage()
    push('<head><title>')
    const reader = readerOf(await inserted(response))
    await next(reader)
    await reader.cancel('left')
    push('t</title>')
    await vi.waitFor(() => expect(cancelled).toHaveBeenCalledOnce())
  })

  it('of the visitor, who leaves before the first byte, ends the reading of the origin', async () => {
    const { response, push, cancelled } = openPage()
    push('<head><title>')
    const body = await inserted(response)
    await body?.cancel('left')
    push('t</title>')
    await vi.waitFor(() => expect(cancelled).toHaveBeenCalledOnce())
  })
})

describe('an answer without a place', () => {
  it.each([
    ['AMP', '<html amp><head></head>'],
    ['text', 'Hello'],
    ['JSON', '{"a":"<head>"}'],
    ['nothing', ''],
    ['gzip that nobody said', '\x1f\x08\x00<head>'],
    ['64 KB before the place', `<!--${'x'.repeat(65_536)}--><head></head>`],
  ])('is left whole: %s', async (_, text) => {
    const insertion = await insertAtScriptPlace(pageOf([encoder.encode(text)]), MARKUP)
    expect(insertion.kind).toBe('untouched')
    expect(await answerOf(insertion).text()).toBe(text)
  })

  it('is one without a body', async () => {
    const response = new Response(null, { headers: HTML })
    expect(await insertAtScriptPlace(response, MARKUP)).toEqual({ kind: 'untouched', response })
  })
})

describe('with HTMLRewriter behind it', () => {
  it('elements of ours are told by their attribute', async () => {
    const body = await inserted(pageOf([encoder.encode('<head><script>0</script></head><p>x')]))
    const seen: boolean[] = []
    const rewriter = new HTMLRewriter().on('script', {
      element: (element) => void seen.push(element.hasAttribute('data-turnout')),
    })
    expect(await rewriter.transform(new Response(body)).text()).toBe(`<head>${MARKUP}<script>0</script></head><p>x`)
    expect(seen).toEqual([true, false])
  })
})

/** What the visitor gets, one character for each byte. */
async function sent(response: Response): Promise<string> {
  return latin1(await answerOf(await insertAtScriptPlace(response, MARKUP)).bytes())
}

function answerOf(insertion: Insertion): Response {
  return insertion.kind === 'inserted' ? new Response(insertion.body) : insertion.response
}

/** The page's body with the markup in it; `null` where it was left untouched. */
async function inserted(response: Response): Promise<ReadableStream<Uint8Array> | null> {
  const insertion = await insertAtScriptPlace(response, MARKUP)
  return insertion.kind === 'inserted' && insertion.body instanceof ReadableStream ? insertion.body : null
}

function expected(bytes: Uint8Array): string {
  const scan = scanPrefix(bytes, true)
  const page = latin1(bytes)
  return scan.kind === 'found' ? `${page.slice(0, scan.offset)}${MARKUP}${page.slice(scan.offset)}` : page
}

function cut(bytes: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.slice(index * length, (index + 1) * length),
  )
}

/** Chunks come as they are cut. */
function pageOf(chunks: readonly Uint8Array[]): Response {
  const left = [...chunks]
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const chunk = left.shift()
      if (chunk === undefined) controller.close()
      else controller.enqueue(chunk)
    },
  })
  return new Response(body, { headers: HTML })
}

/** A page whose chunks come when the test says so. */
function openPage() {
  const cancelled = vi.fn<(reason: unknown) => void>()
  const controllers: ReadableStreamDefaultController<Uint8Array>[] = []
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => void controllers.push(controller),
    cancel: cancelled,
  })
  return {
    response: new Response(body, { headers: HTML }),
    cancelled,
    push: (text: string) => controllers[0]?.enqueue(encoder.encode(text)),
    close: () => controllers[0]?.close(),
    fail: (error: Error) => controllers[0]?.error(error),
  }
}

function readerOf(body: ReadableStream<Uint8Array> | null): ReadableStreamDefaultReader<Uint8Array> {
  if (body === null) throw new Error('There is no body')
  return body.getReader()
}

async function next(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | null> {
  const { value } = await reader.read()
  return value === undefined ? null : latin1(value)
}

function latin1(bytes: Uint8Array): string {
  return LATIN1.decode(bytes)
}

describe('an answer that may be a part of a page', () => {
  it.each([
    ['a part', '<li>One</li><li>Two</li>', false],
    ['a part with a comment', '<!-- head --><p>One', false],
    ['a document', '<!DOCTYPE html><p>One', true],
    ['a document without a doctype', '<html><body>One', true],
    ['a document of a head', '<head><title>x</title></head>', true],
  ])('is edited where it says that it is whole: %s', async (_, text, isEdited) => {
    const { kind } = await insertAtScriptPlace(pageOf([encoder.encode(text)]), MARKUP, {
      isMaybePart: true,
      editor: null,
    })
    expect(kind).toBe(isEdited ? 'inserted' : 'untouched')
  })
})

describe('a body that a Worker made itself', () => {
  const HTML_TEXT = '<!doctype html><html><head><title>x</title></head><body><h1>x</h1></body></html>'

  it.each<[string, () => Response]>([
    ['a text', () => new Response(HTML_TEXT)],
    ['bytes', () => new Response(encoder.encode(HTML_TEXT))],
    ['what a rewriter writes', () => new HTMLRewriter().on('h1', {}).transform(new Response(HTML_TEXT))],
    ['what goes through a transform stream', () => new Response(transformed(HTML_TEXT))],
    ['the copy of a response', () => new Response(HTML_TEXT).clone()],
  ])('comes whole: %s', async (_, make) => {
    expect(await new Response(await inserted(make())).text()).toBe(HTML_TEXT.replace('<head>', `<head>${MARKUP}`))
  })
})

function transformed(text: string): ReadableStream<Uint8Array> {
  const { readable, writable } = new IdentityTransformStream()
  const writer = writable.getWriter()
  void writer.write(encoder.encode(text)).then(() => writer.close())
  return readable
}
