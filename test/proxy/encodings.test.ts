/** Markup put into pages that come encoded, rightly or wrongly, whole or not, in raw workerd. */
import type { ServerResponse } from 'node:http'
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  createBrotliCompress,
  createGzip,
  deflateSync,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { bundleOf } from '../faults/bundle.ts'
import { type Answer, told } from './client.ts'
import { CHARSET_PAGES } from './pages.ts'
import { startSite } from './worker.ts'

const MARKUP = '<script data-turnout>1</script>'
const HEAD = '<!DOCTYPE html><html lang="en"><head>'
/** Some 100 kB that hardly compress, so that a part of them decodes to a part of the page. */
const REST = `<title>Shop</title></head><body>${Array.from({ length: 3000 }, (_, row) => `<p>${row} ${Math.sin(row)}</p>`).join('')}</body></html>`
const PAGE = Buffer.from(HEAD + REST)
const EDITED = HEAD + MARKUP + REST

/** What is served as an encoding, how to read as much of it as there is, and how it is made bit by bit. */
const ENCODINGS = {
  identity: { encode: (page: Buffer) => page, decode: (body: Buffer) => body, stream: null },
  gzip: {
    encode: (page: Buffer) => gzipSync(page),
    decode: (body: Buffer) => gunzipSync(body, { finishFlush: constants.Z_SYNC_FLUSH }),
    stream: () => createGzip({ flush: constants.Z_SYNC_FLUSH }),
  },
  br: {
    encode: (page: Buffer) => brotliCompressSync(page),
    decode: (body: Buffer) => brotliDecompressSync(body, { finishFlush: constants.BROTLI_OPERATION_FLUSH }),
    stream: () => createBrotliCompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
  },
}
/** Not ASCII, or not known. */
const UNEDITABLE: ReadonlySet<string> = new Set(['utf-16', 'iso-2022-jp', 'bogus'])

type Encoding = keyof typeof ENCODINGS

const { ask, origin, workerd } = await startSite(afterAll, { code: await bundleOf('test/support/insert-worker.ts') })

describe.each<Encoding>(['identity', 'gzip', 'br'])('a page in %s', (encoding) => {
  const { encode, decode, stream } = ENCODINGS[encoding]
  const encoded = encode(PAGE)
  const serve = (path: string, answer: (response: ServerResponse) => void, type = 'text/html') => {
    const place = `/${encoding}/${path}`
    origin.on(place, (_, response) => {
      response.setHeader('Content-Type', type)
      if (encoding !== 'identity') response.setHeader('Content-Encoding', encoding)
      answer(response)
    })
    return place
  }

  it('has the markup at its place, and is the same for the rest', async () => {
    const path = serve('whole', (response) => response.end(encoded))
    const answer = await ask(`${path}?insert`)
    expect(answer.header('content-encoding')).toBeNull()
    expect(answer.complete).toBe(true)
    expect(answer.text === EDITED).toBe(true)
  })

  it.each(Object.entries(CHARSET_PAGES).filter(([charset]) => !UNEDITABLE.has(charset)))(
    'and in %s has the same bytes',
    async (charset, page) => {
      const path = serve(charset, (response) => response.end(encode(page)), `text/html; charset=${charset}`)
      const text = page.toString('latin1')
      const { body } = await ask(`${path}?insert`)
      expect(body.toString('latin1').replace(MARKUP, '')).toBe(text)
      expect(body.toString('latin1')).toContain(`<meta charset="${charset}">${MARKUP}`)
    },
  )

  it.each(Object.entries(CHARSET_PAGES).filter(([charset]) => UNEDITABLE.has(charset)))(
    'and in %s is left as it came',
    async (charset, page) => {
      await expectUntouched(serve(charset, (response) => response.end(encode(page)), `text/html; charset=${charset}`))
    },
  )

  it.each([
    ['that is an AMP page', encode(Buffer.from(`<html amp>${REST}`))],
    ['that is JSON', encode(Buffer.from('{}'))],
    ['that is empty', encode(Buffer.from(''))],
    ['whose place comes too late', encode(Buffer.from(`<!--${'x'.repeat(70_000)}-->${REST}`))],
  ])('%s is left as it came', async (name, body) => {
    await expectUntouched(serve(encodeURIComponent(name), (response) => response.end(body)))
  })

  it('does not arrive as a whole one when the origin breaks off before the place', async () => {
    const part = encode(Buffer.from('<!DOCTYPE html><html><!-- a comment')).subarray(0, 30)
    const path = serve('broken-early', (response) => breakOff(response, part, 1000))
    const answer = await ask(`${path}?insert`).catch(() => null)
    // What was decoded so far is not what passing it on would have sent, so that nothing is.
    expect(answer && [answer.complete, answer.text]).toEqual(stream === null ? [false, part.toString()] : null)
  })

  it.each([
    ['its length said', encoded.length],
    ['in chunks', null],
  ])('that breaks off, %s, comes as far as it goes', async (name, length) => {
    const part = encoded.subarray(0, 20_000)
    const path = serve(encodeURIComponent(name), (response) => breakOff(response, part, length))
    const [passed, edited] = [await ask(path), await ask(`${path}?insert`)]
    expect(edited.text.replace(MARKUP, '')).toBe(decode(passed.body).toString())
    expect(edited.text).toContain(MARKUP)
    expect([passed.complete, edited.complete]).toEqual([false, false])
  })

  it('is there as soon as it comes', async () => {
    const path = serve('slow', async (response) => {
      const writer = stream === null ? response : stream()
      if (writer !== response) writer.pipe(response)
      writer.write(HEAD + REST.slice(0, 100))
      await sleep(1500)
      writer.end(REST.slice(100))
    })
    const answer = await ask(`${path}?insert`)
    expect(answer.text === EDITED).toBe(true)
    expect(answer.totalMs - (answer.firstByteMs ?? answer.totalMs)).toBeGreaterThan(700)
  })

  it('ends at the origin when the visitor leaves', async () => {
    const path = serve('left', async (response) => {
      while (!response.destroyed) {
        response.write(encoded.subarray(0, 20_000))
        await sleep(20)
      }
    })
    await ask(`${path}?insert`, { signal: AbortSignal.timeout(300) }).catch(() => {})
    await expect.poll(() => origin.requestsTo(path).map(({ aborted }) => aborted), { timeout: 10_000 }).toEqual([true])
  })

  async function expectUntouched(path: string): Promise<void> {
    expect(told(await ask(`${path}?insert`))).toEqual(told(await ask(path)))
  }
})

describe.each<Encoding>(['gzip', 'br'])('what is said to be %s', (encoding) => {
  const { encode, decode } = ENCODINGS[encoding]
  const encoded = encode(PAGE)
  const broken = Buffer.from(encoded).fill(0xff, 20_000, 20_100)
  const serve = (name: string, body: Buffer) => {
    const place = `/said/${encoding}/${encodeURIComponent(name)}`
    origin.on(place, (_, response) => {
      response.writeHead(200, {
        'Content-Type': 'text/html',
        'Content-Encoding': encoding,
        'Content-Length': body.length,
      })
      response.end(body)
    })
    return place
  }

  it.each([
    ['not encoded at all', PAGE],
    ['encoded otherwise', encode === gzipSync ? brotliCompressSync(PAGE) : deflateSync(PAGE)],
    ['cut off at 5 bytes', encoded.subarray(0, 5)],
    ['cut off at 60 bytes', encoded.subarray(0, 60)],
    ['nothing', Buffer.alloc(0)],
  ])('and is %s comes as if nobody had looked at it', async (name, body) => {
    const path = serve(name, body)
    expect(told(await ask(`${path}?insert`))).toEqual(told(await ask(path)))
  })

  it.each([
    ['cut off at 2 kB', encoded.subarray(0, 2000)],
    ['cut off at 20 kB', encoded.subarray(0, 20_000)],
    ['cut off before the last byte', encoded.subarray(0, -1)],
  ])('and is %s shows as much as a browser would have decoded', async (name, body) => {
    const answer = await ask(`${serve(name, body)}?insert`)
    expect(answer.text.replace(MARKUP, '')).toBe(decode(body).toString())
    expect(shown(answer)).toEqual({ complete: true, isEdited: true })
  })

  it('and goes on behind its end shows the whole page', async () => {
    const answer = await ask(`${serve('trailing', Buffer.concat([encoded, Buffer.from('\r\n')]))}?insert`)
    expect(answer.text === EDITED).toBe(true)
    expect(answer.complete).toBe(true)
  })

  it('and is broken in the middle shows what comes before', async () => {
    const answer = await ask(`${serve('broken', broken)}?insert`)
    const text = answer.text.replace(MARKUP, '')
    expect(text.length).toBeGreaterThan(40_000)
    expect(shown(answer)).toEqual({ complete: true, isEdited: true })
  })
})

describe('what the runtime does not decode', () => {
  it.each([
    ['deflate', deflateSync(PAGE)],
    ['zstd', zstdCompressSync(PAGE)],
    ['gzip, br', brotliCompressSync(gzipSync(PAGE))],
    ['GZIP', gzipSync(PAGE)],
    ['x-gzip', gzipSync(PAGE)],
    ['bogus', PAGE],
  ])('comes as it is: %s', async (encoding, body) => {
    const path = `/undecoded/${encodeURIComponent(encoding)}`
    origin.on(path, (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Encoding': encoding })
      response.end(body)
    })
    expect(told(await ask(`${path}?insert`))).toEqual(told(await ask(path)))
  })
})

describe('the runtime', () => {
  it('is still there, and has nothing to say of it', async () => {
    expect(workerd.exitCode()).toBeNull()
    expect(workerd.logged).toEqual([])
  })
})

/** Sends a part, and then is gone. `length` is said where there is one. */
function breakOff(response: ServerResponse, part: Buffer, length: number | null): void {
  if (length !== null) response.setHeader('Content-Length', length)
  response.write(part)
  setTimeout(() => response.destroy(), 100)
}

function shown({ complete, text }: Answer): object {
  return { complete, isEdited: text.includes(HEAD + MARKUP) }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
