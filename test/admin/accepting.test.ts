import { describe, expect, it } from 'vitest'
import { LIMITS } from '../../src/engine/index.ts'
import { datafileWith, experimentWith, flagWith } from '../engine/datafile-builder.ts'
import { SDK_KEY, summary } from '../store/isolate.ts'
import { bytesOf, createOperator, MAX_BYTES } from './operator.ts'

const VALID = JSON.stringify(datafileWith({ revision: '7' }))

function padded(bytes: number): Uint8Array {
  return bytesOf(VALID.padEnd(bytes, ' '))
}

function nested(levels: number): string {
  return VALID.replace('{', `{"deep":${'['.repeat(levels)}${']'.repeat(levels)},`)
}

const doubled = JSON.stringify(
  datafileWith({ experiments: [experimentWith(), experimentWith()], featureFlags: [flagWith(), flagWith()] }),
)

const refused: readonly [what: string, bytes: Uint8Array, issue: { code: string; path?: string }][] = [
  ['nothing at all', bytesOf(''), { code: 'malformed_json' }],
  [
    'bytes that are not UTF-8',
    new Uint8Array([...bytesOf(VALID.slice(0, -1)), 0xff, 0x7d]),
    { code: 'malformed_json' },
  ],
  ['a sequence of UTF-8 that is cut off', new Uint8Array([...bytesOf(VALID), 0xe2, 0x82]), { code: 'malformed_json' }],
  ['UTF-16', new Uint8Array(Buffer.from(VALID, 'utf16le')), { code: 'malformed_json' }],
  ['a NUL', bytesOf(`${VALID}\0`), { code: 'malformed_json' }],
  ['a second byte order mark', bytesOf(`\ufeff\ufeff${VALID}`), { code: 'malformed_json' }],
  ['a truncated datafile', bytesOf(VALID.slice(0, -1)), { code: 'malformed_json' }],
  ['one byte too many', padded(MAX_BYTES + 1), { code: 'too_many' }],
  ['JSON that is no object', bytesOf('[]'), { code: 'wrong_type' }],
  ['a number beyond all numbers', bytesOf('1e999'), { code: 'wrong_type' }],
  ['one level too deep', bytesOf(nested(LIMITS.depth)), { code: 'too_deep' }],
  ['a depth bomb that never closes', bytesOf('['.repeat(MAX_BYTES)), { code: 'too_deep' }],
  ['the doubled file (F13)', bytesOf(doubled), { code: 'duplicate_id', path: 'experiments[1].id' }],
  [
    'a revision that KV could not take as metadata',
    bytesOf(JSON.stringify(datafileWith({ revision: '9'.repeat(600) }))),
    { code: 'too_many', path: 'revision' },
  ],
  [
    'a change of a page that cannot be made',
    bytesOf(pageDatafile({ type: 'attribute', selector: 'h1 >', attributes: { text: 'x' } })),
    { code: 'malformed_value', path: 'experiments[0].variations[0].actions[0].changes[0].selector' },
  ],
  [
    'a regular expression that could take for ever',
    bytesOf(pageDatafile({}, { type: 'url', match: 'regex', value: '^(a|aa)+$' })),
    { code: 'malformed_value', path: 'pages[0].conditions.value' },
  ],
]

function pageDatafile(change: object, conditions: object = { type: 'url', match: 'simple', value: 'shop.example' }) {
  const variations = [{ id: 'v1', key: 'on', actions: [{ pageId: 'p1', changes: [change] }] }]
  const pages = [{ id: 'p1', key: 'home', conditions }]
  return JSON.stringify(datafileWith({ pages, experiments: [experimentWith({ pageIds: ['p1'], variations })] }))
}

describe('an upload that is refused', () => {
  it.each(refused)('(%s) says why, and writes nothing', async (_, bytes, issue) => {
    const { put, kv } = createOperator()
    expect(await put(SDK_KEY, bytes, { force: true })).toMatchObject({
      kind: 'invalid',
      issues: expect.arrayContaining([expect.objectContaining(issue)]),
    })
    expect([kv.reads, kv.writes]).toEqual([[], []])
  })

  it('says all that is wrong, each with its path', async () => {
    const { put } = createOperator()
    const bytes = bytesOf(JSON.stringify(datafileWith({ experiments: [{}], featureFlags: [null] })))
    const outcome = await put(SDK_KEY, bytes, { force: false })
    const paths = outcome.kind === 'invalid' ? outcome.issues.map(({ path }) => path) : []
    expect(paths).toEqual(expect.arrayContaining(['experiments[0].id', 'experiments[0].key', 'featureFlags[0]']))
  })

  it('leaves what is served as it was', async () => {
    const { put, isolate } = createOperator()
    await put(SDK_KEY, bytesOf(VALID), { force: false })
    await put(SDK_KEY, bytesOf(doubled), { force: true })
    expect(summary(await isolate.read())).toBe('7 from memory')
  })
})

describe('an upload that is accepted', () => {
  it.each([
    ['as many bytes as are allowed', padded(MAX_BYTES), MAX_BYTES],
    ['a byte order mark, which is dropped', bytesOf(`\ufeff${VALID}`), VALID.length],
    ['as deep as is allowed', bytesOf(nested(LIMITS.depth - 1)), nested(LIMITS.depth - 1).length],
    ['a NUL and a lone surrogate, escaped', bytesOf(VALID.replace('{', '{"\\u0000\\ud800":1,')), VALID.length + 17],
  ])('may hold %s', async (_, bytes, storedBytes) => {
    const { put } = createOperator()
    expect(await put(SDK_KEY, bytes, { force: false })).toMatchObject({ kind: 'accepted', bytes: storedBytes })
  })

  it('is stored as it was sent, but for the byte order mark', async () => {
    const { put, get } = createOperator()
    await put(SDK_KEY, bytesOf(`\ufeff${VALID}  \n`), { force: false })
    expect(await get(SDK_KEY)).toMatchObject({ kind: 'found', text: `${VALID}  \n`, stamp: { revision: '7' } })
  })

  it('is counted, with bytes of UTF-8, and what is odd in it', async () => {
    const { put } = createOperator()
    const text = JSON.stringify(
      datafileWith({
        experiments: [experimentWith({ key: 'é' })],
        featureFlags: [flagWith(), flagWith({ id: 'f2', experimentIds: ['gone'] })],
      }),
    )
    expect(await put(SDK_KEY, bytesOf(text), { force: false })).toMatchObject({
      kind: 'accepted',
      revision: '1',
      bytes: text.length + 1,
      counts: { flags: 2, experiments: 1, audiences: 0 },
      warnings: expect.arrayContaining([expect.objectContaining({ code: 'dangling_id' })]),
      unchanged: false,
    })
  })

  it('may have changes that nobody knows, and is told of them', async () => {
    const { put } = createOperator()
    expect(await put(SDK_KEY, bytesOf(pageDatafile({ type: 'widget' })), { force: false })).toMatchObject({
      kind: 'accepted',
      warnings: [{ code: 'unknown_value', path: 'experiments[0].variations[0].actions[0].changes[0].type' }],
    })
  })
})
