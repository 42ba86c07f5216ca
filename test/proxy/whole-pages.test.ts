/** Pages whose length is known, which go on in one piece where they are there as a whole. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { edited, RETURNING, startExperiment, withoutOurs } from './experiment.ts'
import { PAGE } from './pages.ts'

const { visit, origin } = await startExperiment(afterAll)

const BYTES = Buffer.from(PAGE)
const HTML = { 'content-type': 'text/html; charset=utf-8' }
/** More than is taken as a whole. */
const LONG = Buffer.concat([BYTES, Buffer.from(`<!-- ${'x'.repeat(200_000)} -->`)])

function serve(path: string, page: Buffer): void {
  origin.on(path, (_, response) => {
    response.writeHead(200, { ...HTML, 'content-length': page.length }).end(page)
  })
}

describe('a page that is there as a whole', () => {
  it('is edited, and says the length that it has by then', async () => {
    serve('/whole', BYTES)
    const answer = await visit('/whole', RETURNING)
    expect([answer.status, answer.complete, withoutOurs(answer)]).toEqual([200, true, edited(PAGE)])
    expect(Number(answer.header('content-length'))).toBe(answer.body.length)
  })

  it('leaves the connection to the origin for the next one', async () => {
    serve('/again', BYTES)
    await visit('/again', RETURNING)
    const before = await origin.connections()
    for (let visits = 0; visits < 10; visits++) await visit('/again', RETURNING)
    expect(await origin.connections()).toBe(before)
  })
})

describe('a page that is not', () => {
  it('is edited when it is long', async () => {
    serve('/long', LONG)
    const answer = await visit('/long', RETURNING)
    expect([answer.complete, withoutOurs(answer)]).toEqual([true, edited(LONG)])
  })

  it('is edited when it comes in two halves', async () => {
    const half = BYTES.length / 2
    origin.on('/halves', async (_, response) => {
      response.writeHead(200, { ...HTML, 'content-length': BYTES.length }).write(BYTES.subarray(0, half))
      await sleep(50)
      response.end(BYTES.subarray(half))
    })
    const answer = await visit('/halves', RETURNING)
    expect([answer.complete, withoutOurs(answer)]).toEqual([true, edited(PAGE)])
  })

  it('does not arrive as one when the origin breaks off', async () => {
    origin.on('/short', async (_, response) => {
      response.writeHead(200, { ...HTML, 'content-length': BYTES.length + 1 }).write(BYTES)
      await sleep(50)
      response.destroy()
    })
    const answer = await visit('/short', RETURNING)
    expect([answer.complete, withoutOurs(answer)]).toEqual([false, edited(PAGE)])
  })

  it('goes by its chunks where the origin says a length, too', async () => {
    const head = BYTES.indexOf('</head>')
    const chunks = [BYTES.subarray(0, head), BYTES.subarray(head)]
    origin.on('/both', async (_, { socket }) => {
      socket?.write(
        `HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ${head}\r\nTransfer-Encoding: chunked\r\n\r\n`,
      )
      for (const chunk of chunks) {
        socket?.write(Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]))
        await sleep(50)
      }
      socket?.end('0\r\n\r\n')
    })
    const answer = await visit('/both', RETURNING)
    expect([answer.complete, withoutOurs(answer)]).toEqual([true, edited(PAGE)])
  })
})
