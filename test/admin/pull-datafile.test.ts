import { describe, expect, it } from 'vitest'
import type { PullOutcome, PullRequest } from '../../src/admin/pull-datafile.ts'
import { pulledKey } from '../../src/store/keys.ts'
import { SDK_KEY, summary, textOf } from '../store/isolate.ts'
import { keyOf, NOTHING } from '../store/scripted-kv.ts'
import { createPulling, NOW_MS, type Pulling } from './cdn.ts'
import { bytesOf, MAX_BYTES } from './operator.ts'

const ROUTINE: PullRequest = { isRoutine: true, leastRevision: null }
const YESTERDAY = 'Mon, 23 Nov 2026 09:00:00 GMT'
const MINUTE_MS = 60_000

function published(revision: string, headers: HeadersInit = { 'Last-Modified': YESTERDAY }): () => Response {
  return () => new Response(textOf(revision), { headers })
}

async function pull({ puller }: Pulling, ask: PullRequest = ROUTINE): Promise<PullOutcome> {
  return await puller.pull(SDK_KEY, ask)
}

/** With revision 5 in force, which was pulled. */
async function withFive(): Promise<Pulling> {
  const pulling = createPulling()
  pulling.cdn.answer = published('5')
  expect(await pull(pulling)).toMatchObject({ kind: 'written', revision: '5' })
  return pulling
}

async function inForce({ operator }: Pulling): Promise<string> {
  return summary(await operator.isolate.read())
}

function stateOf({ operator }: Pulling): unknown {
  return JSON.parse(operator.kv.entry(pulledKey(SDK_KEY)).value ?? 'null')
}

describe('a pull', () => {
  it('asks where datafiles are published, with the token, and follows no redirect', async () => {
    const { cdn } = await withFive()
    expect(cdn.asked).toEqual([
      {
        url: 'https://cdn.example/shop.json',
        ifModifiedSince: null,
        authorization: 'Bearer cdn-token',
        redirect: 'manual',
      },
    ])
  })

  it('takes over what is newer, in both copies, and serves it at once', async () => {
    const pulling = await withFive()
    pulling.cdn.answer = published('6')
    expect(await pull(pulling)).toMatchObject({ kind: 'written', revision: '6', unchanged: false })
    expect(await inForce(pulling)).toContain('6')
    expect(pulling.operator.kv.entry(keyOf('second', SDK_KEY)).value).toBe(textOf('6'))
  })

  it('asks only for what is newer than what was pulled last', async () => {
    const pulling = await withFive()
    pulling.cdn.answer = () => new Response(null, { status: 304 })
    expect(await pull(pulling)).toEqual({ kind: 'not-modified' })
    expect(pulling.cdn.asked.at(-1)?.ifModifiedSince).toBe(YESTERDAY)
  })

  it('writes nothing where nothing is new', async () => {
    const pulling = await withFive()
    pulling.cdn.answer = () => new Response(null, { status: 304 })
    const before = pulling.operator.kv.writes.length
    await pull(pulling)
    expect(pulling.operator.kv.writes).toHaveLength(before)
  })

  it('asks for all of it again where KV has lost it', async () => {
    const pulling = await withFive()
    pulling.operator.kv.set(keyOf('first', SDK_KEY), NOTHING)
    const answers = [() => new Response(null, { status: 304 }), published('5')]
    pulling.cdn.answer = () => answers.shift()?.() ?? Response.error()
    expect(await pull(pulling)).toMatchObject({ kind: 'written', revision: '5' })
    expect(pulling.operator.kv.entry(keyOf('first', SDK_KEY)).value).toBe(textOf('5'))
  })

  it('asks for whatever is there when a new one was announced', async () => {
    const pulling = await withFive()
    pulling.cdn.answer = published('6')
    await pull(pulling, { isRoutine: false, leastRevision: '6' })
    expect(pulling.cdn.asked.at(-1)?.ifModifiedSince).toBeNull()
  })

  it.each(['null', '[]', '{"lastModified":1}', '{"failures":-1}', 'garbage', '{"__proto__":{"failures":9}}'])(
    'takes a state that is none, such as %s, for none',
    async (text) => {
      const pulling = createPulling()
      pulling.operator.kv.set(pulledKey(SDK_KEY), { value: text, metadata: null })
      pulling.cdn.answer = published('5')
      expect(await pull(pulling)).toMatchObject({ kind: 'written' })
      expect(pulling.cdn.asked[0]?.ifModifiedSince).toBeNull()
    },
  )
})

describe('what is in force stays (F45)', () => {
  const cases: readonly [about: string, answer: () => Response | Promise<Response>, outcome: object][] = [
    ['an older revision', published('4'), { kind: 'older', revision: '4', storedRevision: '5' }],
    ['what is not JSON', () => new Response('<html>'), { kind: 'failed' }],
    ['an empty body', () => new Response(''), { kind: 'failed' }],
    ['half a datafile', () => new Response(textOf('6').slice(0, -9)), { kind: 'failed' }],
    [
      'no datafile',
      () => new Response('{"version":"9"}'),
      { kind: 'failed', message: expect.stringContaining('version') },
    ],
    ['bytes that are not UTF-8', () => new Response(new Uint8Array([0x22, 0xff, 0x22])), { kind: 'failed' }],
    [
      'more than may be',
      () => new Response('x'.repeat(MAX_BYTES + 1)),
      { kind: 'failed', message: expect.stringContaining('larger') },
    ],
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { Location: 'http://10.0.0.1/' } }),
      { kind: 'failed' },
    ],
    [
      'an error',
      () => new Response('oops', { status: 500 }),
      { kind: 'failed', message: 'It answered with status 500' },
    ],
    ['a partial answer', () => new Response('x', { status: 206 }), { kind: 'failed' }],
    ['no datafile under this key', () => new Response(null, { status: 403 }), { kind: 'unknown' }],
    [
      'a network that fails',
      () => Promise.reject(new Error('connection reset')),
      { kind: 'failed', message: 'connection reset' },
    ],
    [
      'a body that breaks off',
      () => new Response(brokenOff()),
      { kind: 'failed', message: 'The body ended before it was complete.' },
    ],
  ]

  it.each(cases)('with %s', async (_, answer, outcome) => {
    const pulling = await withFive()
    pulling.cdn.answer = answer
    expect(await pull(pulling)).toMatchObject(outcome)
    expect(await inForce(pulling)).toContain('5')
    expect(pulling.operator.kv.entry(keyOf('first', SDK_KEY)).value).toBe(textOf('5'))
  })

  it('with an older revision than was announced', async () => {
    const pulling = await withFive()
    pulling.cdn.answer = published('6')
    const outcome = await pull(pulling, { isRoutine: false, leastRevision: '7' })
    expect(outcome).toEqual({ kind: 'older', revision: '6', storedRevision: '7' })
    expect(await inForce(pulling)).toContain('5')
  })

  it('with a KV that refuses the write', async () => {
    const pulling = await withFive()
    pulling.operator.kv.write({ afterMs: 0, refused: 'KV PUT failed: 429 Too Many Requests' }, keyOf('first', SDK_KEY))
    pulling.cdn.answer = published('6')
    expect(await pull(pulling)).toMatchObject({ kind: 'failed', message: expect.stringContaining('429') })
    expect(await inForce(pulling)).toContain('5')
  })

  it('with a KV that is down', async () => {
    const pulling = await withFive()
    pulling.operator.kv.read({ afterMs: 0, refused: 'KV GET failed: 500' })
    expect(await pull(pulling)).toMatchObject({ kind: 'failed', message: 'KV failed: KV GET failed: 500' })
  })

  it('and a key that an operator has deleted stays deleted', async () => {
    const pulling = await withFive()
    await pulling.operator.remove(SDK_KEY)
    pulling.cdn.answer = published('6')
    expect(await pull(pulling)).toEqual({ kind: 'revoked' })
    expect(await inForce(pulling)).toBe('unknown')
  })

  it('and a revision that an operator went back to stays until a newer one is published', async () => {
    const pulling = await withFive()
    await pulling.operator.put(SDK_KEY, bytesOf(textOf('4')), { force: true })
    pulling.cdn.answer = () => new Response(null, { status: 304 })
    await pull(pulling)
    expect(await inForce(pulling)).toContain('4')
  })
})

function brokenOff(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytesOf('{"version":'))
      controller.error(new Error('reset'))
    },
  })
}

describe('after a failure', () => {
  async function failing(answer = () => new Response(null, { status: 500 })): Promise<Pulling> {
    const pulling = await withFive()
    pulling.cdn.answer = answer
    await pull(pulling)
    return pulling
  }

  it('every isolate can read why, and when it is tried again', async () => {
    expect(stateOf(await failing())).toEqual({
      lastModified: YESTERDAY,
      failures: 1,
      retryAtMs: NOW_MS + MINUTE_MS,
      error: 'It answered with status 500',
    })
  })

  it('is a pause, in which nothing is asked', async () => {
    const pulling = await failing()
    const before = pulling.cdn.asked.length
    pulling.nowMs += MINUTE_MS - 1
    expect(await pull(pulling)).toEqual({ kind: 'paused' })
    expect(pulling.cdn.asked).toHaveLength(before)
  })

  it('a pause that is longer than any counts as none', async () => {
    const pulling = await failing()
    pulling.nowMs -= 30 * MINUTE_MS
    pulling.cdn.answer = published('6')
    expect(await pull(pulling)).toMatchObject({ kind: 'written' })
  })

  it('an announcement is followed at once', async () => {
    const pulling = await failing()
    pulling.cdn.answer = published('6')
    expect(await pull(pulling, { isRoutine: false, leastRevision: '6' })).toMatchObject({ kind: 'written' })
  })

  it('the pause doubles, up to half an hour', async () => {
    const pulling = await failing()
    const pauses: number[] = []
    for (let failure = 0; failure < 7; failure++) {
      const { retryAtMs } = stateOf(pulling) as { retryAtMs: number }
      pauses.push((retryAtMs - pulling.nowMs) / MINUTE_MS)
      pulling.nowMs = retryAtMs
      await pull(pulling)
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30])
  })

  it.each([
    ['in seconds', '600'],
    ['as a date', new Date(NOW_MS + 600_000).toUTCString()],
  ])('a longer pause that is asked for %s is kept', async (_, retryAfter) => {
    const pulling = await failing(() => new Response(null, { status: 429, headers: { 'Retry-After': retryAfter } }))
    expect(stateOf(pulling)).toMatchObject({ retryAtMs: NOW_MS + 600_000 })
  })

  it.each(['soon', '-5', '', '99999999999999999999'])('Retry-After: %s is no pause', async (retryAfter) => {
    const pulling = await failing(() => new Response(null, { status: 503, headers: { 'Retry-After': retryAfter } }))
    expect(stateOf(pulling)).toMatchObject({ retryAtMs: NOW_MS + MINUTE_MS })
  })

  it('one that succeeds ends it', async () => {
    const pulling = await failing()
    pulling.nowMs += MINUTE_MS
    pulling.cdn.answer = published('6')
    await pull(pulling)
    expect(stateOf(pulling)).toEqual({ lastModified: YESTERDAY, failures: 0, retryAtMs: 0, error: null })
  })
})
