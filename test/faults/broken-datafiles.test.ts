import { describe, expect, it, vi } from 'vitest'
import {
  datafileText,
  decidedBy,
  experimentOf,
  FIRST,
  flagOf,
  type Place,
  SECOND,
  startPlace,
  startWarmPlace,
  store,
  untilStale,
} from './place.ts'

const KEYS = ['checkout', 'search']
const EXPERIMENTS = KEYS.map((key) => experimentOf(key, 8))
const FLAGS = KEYS.map(flagOf)

function nested(levels: number): string {
  return `${'['.repeat(levels)}${']'.repeat(levels)}`
}

/** A datafile whose first experiment is for an audience of so many ORs in each other. */
function deepAudience(levels: number): string {
  const text = datafileText(8, { experiments: [{ ...EXPERIMENTS[0], audienceConditions: 'HERE' }, EXPERIMENTS[1]] })
  return text.replace('"HERE"', `${'["or",'.repeat(levels)}"a"${']'.repeat(levels)}`)
}

/** A value that refuses the whole file, and the words for it in `/health`. */
interface Refused {
  readonly value: string | Uint8Array<ArrayBuffer>
  readonly lastError: string
}

interface Broken extends Refused {
  readonly fault: string
}

const BROKEN: readonly Broken[] = [
  { fault: 'F06 no JSON', value: '<html>', lastError: 'not JSON' },
  { fault: 'F06 a datafile that is cut off', value: datafileText(8).slice(0, -1), lastError: 'not JSON' },
  { fault: 'F06 nothing', value: '', lastError: 'not JSON' },
  { fault: 'F07 an array', value: '[]', lastError: 'not a datafile' },
  { fault: 'F07 a number', value: '4', lastError: 'not a datafile' },
  { fault: 'F07 an empty object', value: '{}', lastError: 'not a datafile' },
  { fault: 'F07 an unknown version', value: datafileText(8, { version: '5' }), lastError: 'not a datafile' },
  {
    fault: 'F07 an experiment without an allocation',
    value: datafileText(8, { experiments: [{ ...EXPERIMENTS[0], trafficAllocation: undefined }] }),
    lastError: 'not a datafile',
  },
  { fault: 'F09 10,000 arrays in each other', value: nested(10_000), lastError: 'not a datafile' },
  { fault: 'F09 100,000 arrays in each other', value: nested(100_000), lastError: 'not a datafile' },
  { fault: 'F09 1,000,000 arrays in each other', value: nested(1_000_000), lastError: 'not a datafile' },
  { fault: 'F09 an audience 100,000 levels deep', value: deepAudience(100_000), lastError: 'not a datafile' },
  { fault: 'F10 a NUL', value: `${datafileText(8)}\0`, lastError: 'not JSON' },
  { fault: 'F10 UTF-16', value: Buffer.from(datafileText(8), 'utf16le'), lastError: 'not JSON' },
  { fault: 'F11 a number beyond all numbers', value: '1e999', lastError: 'not a datafile' },
  {
    fault: 'F13 the doubled file, each experiment and flag twice',
    value: datafileText(8, { experiments: [...EXPERIMENTS, ...EXPERIMENTS], featureFlags: [...FLAGS, ...FLAGS] }),
    lastError: 'not a datafile',
  },
]

/** The isolate keeps revision 7 and says why; under a key that it has nothing of, it takes the second copy. */
async function expectRefusal({ ask, health, kv, workerd }: Place, { value, lastError }: Refused): Promise<void> {
  store(kv, FIRST, value, 8)
  await untilStale()
  await ask()
  const datafiles = [{ revision: '7', generation: 7, lastError: expect.stringContaining(lastError) }]
  await vi.waitFor(async () => expect((await health()).body).toMatchObject({ status: 'degraded', datafiles }), 10_000)
  expect(await ask()).toMatchObject({ status: 200, body: decidedBy(7) })
  expect(workerd.logged.filter((line) => line.includes('"datafile_refused"'))).toHaveLength(1)
  store(kv, 'datafile:other', value, 8)
  store(kv, 'last-good:other', datafileText(7), 7)
  expect(await ask({ key: 'other' })).toMatchObject({ status: 200, source: 'last-good', body: decidedBy(7) })
  expect(workerd.exitCode()).toBeNull()
}

describe('a datafile that cannot be used', () => {
  it.concurrent.for(BROKEN)(
    '$fault: comes into force neither by an upload nor out of KV',
    async (broken, { onTestFinished }) => {
      const place = await startWarmPlace(onTestFinished)
      const error = { code: 'datafile_invalid' }
      expect(await place.put(broken.value, '?force=true')).toMatchObject({ status: 422, body: { error } })
      expect([place.kv.metadataOf(FIRST), place.kv.metadataOf(SECOND)]).toMatchObject([
        { generation: 7 },
        { generation: 7 },
      ])
      await expectRefusal(place, broken)
    },
  )

  it.concurrent('F08 a byte over the limit: comes into force neither by an upload nor out of KV', async ({
    onTestFinished,
  }) => {
    const place = await startWarmPlace(onTestFinished, { MAX_DATAFILE_BYTES: '2000' })
    expect((await place.put(datafileText(8).padEnd(2_001))).status).toBe(413)
    await expectRefusal(place, { value: datafileText(8).padEnd(2_001), lastError: 'larger than 2000 bytes' })
  })

  it.for([25, 26])('F08 %d MiB: do not come into force out of KV', async (mebibytes, { onTestFinished }) => {
    const place = await startWarmPlace(onTestFinished)
    const value = Buffer.alloc(mebibytes * 1_048_576, datafileText(8).padEnd(1_024))
    await expectRefusal(place, { value, lastError: 'larger than 5000000 bytes' })
  })
})

/** What is odd, and no reason to refuse the file. */
interface Odd {
  readonly fault: string
  readonly value: string
  readonly query?: Readonly<Record<string, string>>
  readonly decision: object
  /** 200 where nothing else is said. */
  readonly uploadStatus?: number
}

const checkout = (fields: object) => [{ ...EXPERIMENTS[0], ...fields }, EXPERIMENTS[1]]
const INHERITED = ['__proto__', 'constructor', 'toString']

const ODD: readonly Odd[] = [
  {
    fault: 'F07 ids that lead nowhere',
    value: datafileText(8, {
      experiments: checkout({ layerId: 'gone' }),
      featureFlags: [...FLAGS, { ...flagOf('other'), experimentIds: ['gone'], rolloutId: 'gone' }],
    }),
    decision: decidedBy(8),
  },
  {
    fault: 'F07 a key used twice',
    value: datafileText(8, { experiments: [EXPERIMENTS[0], { ...EXPERIMENTS[1], key: 'experiment-checkout' }] }),
    decision: decidedBy(8),
  },
  {
    fault: 'F07 an allocation that is not sorted and goes beyond 10,000',
    value: datafileText(8, {
      experiments: checkout({
        trafficAllocation: [
          { entityId: 'v-checkout', endOfRange: 20_000 },
          { entityId: 'gone', endOfRange: 10 },
        ],
      }),
    }),
    decision: decidedBy(8),
  },
  {
    fault: 'F07 a condition of an unknown type, which matches nobody',
    value: datafileText(8, {
      experiments: checkout({ audienceIds: ['a'] }),
      audiences: [{ id: 'a', name: 'A', conditions: '["or",{"type":"telepathy","name":"x","value":1}]' }],
    }),
    decision: { flagKey: 'checkout', enabled: false, variationKey: null },
  },
  {
    fault: 'F09 a million arrays in a field that nobody knows: refused in an upload, and not walked where KV has it',
    value: datafileText(8, { unknown: 'HERE' }).replace('"HERE"', nested(1_000_000)),
    decision: decidedBy(8),
    uploadStatus: 422,
  },
  { fault: 'F10 a byte order mark', value: `\ufeff${datafileText(8)}`, decision: decidedBy(8) },
  {
    fault: 'F10 a NUL, escaped, in a key',
    value: datafileText(8, { featureFlags: [...FLAGS, flagOf('\0')] }),
    decision: decidedBy(8),
  },
  {
    fault: 'F11 a negative range, and one that is far too long',
    value: datafileText(8, {
      experiments: checkout({
        trafficAllocation: [
          { entityId: 'gone', endOfRange: -1 },
          { entityId: 'v-checkout', endOfRange: 1e300 },
        ],
      }),
    }),
    decision: decidedBy(8),
  },
  ...INHERITED.map((key) => ({
    fault: `F12 a flag named ${key}`,
    value: datafileText(8, { experiments: [experimentOf(key, 8)], featureFlags: [flagOf(key)] }),
    query: { feature: key },
    decision: decidedBy(8, key),
  })),
]

describe('a datafile that is odd', () => {
  it.concurrent.for(ODD)(
    '$fault: is decided with',
    async ({ value, query, decision, uploadStatus = 200 }, { onTestFinished }) => {
      const { kv, ask, put } = await startPlace(onTestFinished)
      store(kv, FIRST, value, 8)
      expect(await ask(query)).toMatchObject({ status: 200, source: 'kv', body: decision })
      expect((await put(value)).status).toBe(uploadStatus)
      expect(await ask(query)).toMatchObject({ status: 200, source: 'memory', body: decision })
    },
  )

  it.concurrent('F10 a lone surrogate in a key: does not end the Worker, whether it is accepted or not', async ({
    onTestFinished,
  }) => {
    const place = await startWarmPlace(onTestFinished)
    const { status } = await place.put(datafileText(8, { featureFlags: [...FLAGS, flagOf('\ud800')] }))
    const revision = status === 200 ? 8 : 7
    expect([200, 422]).toContain(status)
    expect(await place.ask()).toMatchObject({ status: 200, body: decidedBy(revision) })
  })

  it.concurrent('F10 bytes that are not UTF-8: are refused in an upload, and replaced where KV has them', async ({
    onTestFinished,
  }) => {
    const { kv, ask, put } = await startPlace(onTestFinished)
    const [before = '', after = ''] = datafileText(8, { accountId: 'HERE' }).split('HERE')
    const value = Buffer.concat([Buffer.from(before), Buffer.from([0xff, 0xc0]), Buffer.from(after)])
    expect((await put(value)).status).toBe(422)
    store(kv, FIRST, value, 8)
    expect(await ask()).toMatchObject({ status: 200, body: decidedBy(8) })
  })

  it.concurrent.for(INHERITED)(
    'F12 %s as a flag that is not there, and as an attribute',
    async (name, { onTestFinished }) => {
      const { ask } = await startWarmPlace(onTestFinished)
      expect([await ask({ feature: name }), await ask({ attributes: `{"${name}":1}` })]).toMatchObject([
        { status: 404, body: { error: { code: 'unknown_flag' } } },
        { status: 200, body: decidedBy(7) },
      ])
    },
  )
})
