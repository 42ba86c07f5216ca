import { beforeAll, describe, expect, test } from 'vitest'
import { type Ask, startWith, told } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

let ask: Ask
beforeAll(async () => {
  ask = await startWith(shopDatafile())
})

async function post(body: BodyInit, headers: Record<string, string> = {}) {
  return await told(await ask('/', { method: 'POST', body, headers }))
}

const USER = { userId: 'u1', key: 'shop' }

describe('POST /', () => {
  test('answers as GET / does, for callers that keep user ids out of URLs', async () => {
    const { body } = await post(JSON.stringify({ ...USER, feature: 'targeted', attributes: { plan: 'pro' } }))
    const attributes = encodeURIComponent('{"plan":"pro"}')
    expect(body).toEqual((await told(await ask(`/?feature=targeted&userId=u1&key=shop&attributes=${attributes}`))).body)
  })

  test('answers an array for an array, also of one', async () => {
    expect(await post(JSON.stringify({ ...USER, feature: ['off'] }))).toMatchObject({
      status: 200,
      body: [{ flagKey: 'off', enabled: false }],
    })
  })

  test('answers all flags for *', async () => {
    const { body } = await post(JSON.stringify({ ...USER, feature: '*' }))
    expect(body).toHaveLength(7)
  })

  test('gives reasons when asked to', async () => {
    const { body } = await post(JSON.stringify({ ...USER, feature: 'off', reasons: true }))
    expect(body).toMatchObject({ reasons: expect.arrayContaining(['There is no rollout of feature off.']) })
  })

  test('reads a body in UTF-8 with a byte order mark, whatever type it is said to be', async () => {
    const bytes = new TextEncoder().encode(`\ufeff${JSON.stringify({ ...USER, feature: 'off' })}`)
    expect((await post(bytes, { 'Content-Type': 'text/plain' })).status).toBe(200)
  })

  test('takes the last of two members with one name, as JSON.parse does', async () => {
    const { body } = await post('{"feature":"off","userId":"u1","userId":"u2","key":"shop"}')
    expect(body).toMatchObject({ userContext: { userId: 'u2' } })
  })

  test.each([
    ['an empty body', '', 'malformed_body'],
    ['a body that is not JSON', 'feature=off', 'malformed_body'],
    ['a body that is cut off', '{"feature":"off"', 'malformed_body'],
    ['an array', '[]', 'malformed_body'],
    ['null', 'null', 'malformed_body'],
    ['a body that nests too deep', `{"attributes":${'['.repeat(100)}${']'.repeat(100)}}`, 'malformed_body'],
    ['no names at all', '{}', 'missing_parameter'],
    ['an empty list of features', JSON.stringify({ ...USER, feature: [] }), 'missing_parameter'],
    ['inherited names alone', '{"__proto__":{"feature":"off","userId":"u1","key":"shop"}}', 'missing_parameter'],
  ])('refuses %s', async (_, body, code) => {
    expect(await post(body)).toMatchObject({ status: 400, body: { error: { code } } })
  })

  test('refuses bytes that are not UTF-8', async () => {
    const bytes = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])
    expect(await post(bytes)).toMatchObject({ status: 400, body: { error: { message: 'The body is not UTF-8.' } } })
  })

  test.each([
    ['feature', 5],
    ['feature', ['off', 5]],
    ['userId', 5],
    ['key', null],
    ['attributes', []],
    ['attributes', 'pro'],
    ['attributes', null],
    ['reasons', 'true'],
    ['disableTracking', 1],
  ])('refuses a %s of the wrong type: %j', async (parameter, value) => {
    const body = JSON.stringify({ feature: 'off', ...USER, [parameter]: value })
    expect(await post(body)).toMatchObject({ status: 400, body: { error: { code: 'invalid_parameter', parameter } } })
  })

  test('refuses attributes over 16 KiB, whatever room the body has', async () => {
    const body = JSON.stringify({ ...USER, feature: 'off', attributes: { a: 'x'.repeat(17_000) } })
    expect(await post(body)).toMatchObject({ status: 400, body: { error: { parameter: 'attributes' } } })
  })

  test('refuses a body that says it is too large, and one that turns out to be', async () => {
    const large = ' '.repeat(65_537)
    const tooLarge = { status: 413, body: { error: { code: 'payload_too_large', limitBytes: 65_536 } } }
    expect(await post(large)).toMatchObject(tooLarge)
    expect(await post(chunked(large))).toMatchObject(tooLarge)
  })
})

/** A body without a declared length. */
function chunked(text: string): ReadableStream {
  const bytes = new TextEncoder().encode(text)
  let offset = 0
  return new ReadableStream({
    pull(controller) {
      if (offset >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(offset, offset + 10_000))
      offset += 10_000
    },
  })
}
