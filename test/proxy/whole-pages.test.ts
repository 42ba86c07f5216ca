/** Pages whose length is known, which go on in one piece where they are there as a whole; and the rest of those that do not. */
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { CHANGES, edited, RETURNING, startExperiment, USER_AGENT, withoutOurs } from './experiment.ts'
import { PAGE } from './pages.ts'

const { visit, origin } = await startExperiment(afterAll)
/** Its one edit is by id, so that nothing is sought behind that. */
const early = await startExperiment(afterAll, { changes: CHANGES.slice(1, 2) })

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

describe('what comes behind the last edit', () => {
  const behind = BYTES.indexOf('<ul>')
  const start = edited(PAGE)
    .replace('hero bold', 'hero')
    .slice(0, edited(PAGE).indexOf('<ul>') - ' bold'.length)

  it('goes on byte for byte, markup that is sought and all', async () => {
    const rest = Buffer.from(`${BYTES.subarray(behind)}<p id="cta"></p>${'\u00e9'.repeat(100_000)}`)
    early.origin.on('/behind', async (_, response) => {
      response.writeHead(200, HTML).write(BYTES.subarray(0, behind))
      await sleep(20)
      response.write(rest.subarray(0, 50_001))
      await sleep(20)
      response.end(rest.subarray(50_001))
    })
    const answer = await early.visit('/behind', RETURNING)
    expect([answer.complete, withoutOurs(answer) === start + rest.toString('latin1')]).toEqual([true, true])
  })

  it.each([1, 1_000, 60_000])('comes as far as it goes when the origin breaks off: %i bytes', async (length) => {
    const rest = Buffer.alloc(length, 'x')
    early.origin.on('/behind', async (_, response) => {
      response.writeHead(200, HTML).write(BYTES.subarray(0, behind))
      await sleep(20)
      response.write(rest, () => response.destroy())
    })
    const answer = await early.visit('/behind', RETURNING)
    expect([answer.complete, withoutOurs(answer) === start + rest.toString('latin1')]).toEqual([false, true])
  })

  it('is waited for no longer than the visitor stays', async () => {
    early.origin.on('/endless', async (_, response) => {
      response.writeHead(200, HTML).write(BYTES)
      for (let pieces = 0; pieces < 200 && !response.destroyed; pieces++) {
        await sleep(20)
        response.write('x'.repeat(1_000))
      }
      response.end()
    })
    await leaveInTheMiddle(`${early.workerd.url}/endless`)
    await vi.waitFor(
      () => expect(early.origin.requestsTo('/endless').map(({ aborted }) => aborted)).toEqual([true]),
      5_000,
    )
  })
})

/** Leaves when the first bytes are there. */
function leaveInTheMiddle(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { ...RETURNING, 'user-agent': USER_AGENT, host: 'shop.example' }
    const asked = request(url, { headers }, (response) => {
      response
        .on('error', () => {})
        .once('data', () => {
          asked.destroy()
          resolve()
        })
    })
    asked.on('error', reject).end()
  })
}
