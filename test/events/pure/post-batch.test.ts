import { afterEach, describe, expect, test, vi } from 'vitest'
import { postBatch } from '../../../src/events/delivery/post-batch.ts'
import type { Delivery } from '../../../src/events/delivery/sink.ts'

const URL = 'https://collector.example/events'
const NOW_MS = Date.parse('2026-11-24T12:00:00Z')
const REQUEST = { body: '{"a":1}', headers: { 'Turnout-Signature': 't' } }

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a batch that was posted', () => {
  test.each([200, 201, 202, 204, 299])('is delivered by %i', async (status) => {
    expect(await answered(status)).toEqual({ kind: 'delivered' })
  })

  test.each([401, 402, 403, 404, 405, 406, 409, 410, 411, 414, 415, 431, 451, 499])(
    'is refused by %i',
    async (status) => {
      expect(await answered(status)).toEqual({ kind: 'refused', reason: `status ${status}` })
    },
  )

  test.each([400, 413, 422])('is refused for its content by %i', async (status) => {
    expect(await answered(status)).toEqual({ kind: 'content-refused', reason: `status ${status}` })
  })

  test.each([300, 301, 302, 303, 304, 307, 308])('is refused by %i, which is not followed', async (status) => {
    const headers = { Location: 'https://elsewhere.example/' }
    expect(await answered(status, headers)).toEqual({ kind: 'refused', reason: `status ${status}` })
  })

  test.each([408, 425, 429, 500, 501, 502, 503, 504, 520, 599])('is for later by %i', async (status) => {
    expect(await answered(status)).toEqual({ kind: 'retry', reason: `status ${status}`, afterSeconds: 0 })
  })

  test.each([
    ['seconds', '120', 120],
    ['a date', 'Tue, 24 Nov 2026 12:01:30 GMT', 90],
    ['a date that is past', 'Tue, 24 Nov 2026 11:00:00 GMT', 0],
    ['more than a queue keeps a message back', '999999', 43_200],
    ['a date in another century', 'Fri, 24 Nov 2126 12:00:00 GMT', 43_200],
    ['nothing', '', 0],
    ['less than nothing', '-5', 0],
    ['no number', 'soon', 0],
    ['a number with too many digits', '9'.repeat(400), 0],
  ])('is for later, after what Retry-After says: %s', async (_, retryAfter, afterSeconds) => {
    expect(await answered(429, { 'Retry-After': retryAfter })).toMatchObject({ kind: 'retry', afterSeconds })
  })

  test('is for later where the network fails', async () => {
    expect(await posted(() => Promise.reject(new Error('Network connection lost')))).toEqual({
      kind: 'retry',
      reason: 'Network connection lost',
      afterSeconds: 0,
    })
  })

  test('is for later where there is no answer in 10 seconds', async () => {
    const timeout = new AbortController()
    const timeouts = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(timeout.signal)
    const delivery = posted(async (_, { signal }) => {
      await new Promise((__, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
      throw new Error('unreachable')
    })
    timeout.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
    expect(await delivery).toEqual({
      kind: 'retry',
      reason: 'The operation was aborted due to timeout',
      afterSeconds: 0,
    })
    expect(timeouts.mock.calls).toEqual([[10_000]])
  })

  test.each([
    ['breaks off', () => new ReadableStream({ start: (controller) => controller.error(new Error('reset')) })],
    ['cannot be cancelled', () => new ReadableStream({ cancel: () => Promise.reject(new Error('reset')) })],
    ['never ends', () => new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1_024)) })],
  ])('counts by its status where the answer %s', async (_, body) => {
    expect(await posted(async () => new Response(body(), { status: 200 }))).toEqual({ kind: 'delivered' })
    expect(await posted(async () => new Response(body(), { status: 503 }))).toMatchObject({ kind: 'retry' })
  })

  test('was JSON, with what else the request needs, and redirects were left alone', async () => {
    const calls: [string, RequestInit][] = []
    await posted(async (url, init) => {
      calls.push([url, init])
      return new Response(null, { status: 204 })
    })
    expect(calls).toEqual([
      [
        URL,
        {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'Turnout-Signature': 't' },
          body: '{"a":1}',
          redirect: 'manual',
          signal: expect.any(AbortSignal),
        },
      ],
    ])
  })
})

type Fetch = (url: string, init: RequestInit) => Promise<Response>

function posted(fetch: Fetch): Promise<Delivery> {
  return postBatch({ fetch, clock: () => NOW_MS }, URL, REQUEST)
}

function answered(status: number, headers: Record<string, string> = {}): Promise<Delivery> {
  return posted(async () => new Response(null, { status, headers }))
}
