import { describe, expect, it } from 'vitest'
import { createDatafileUpdates, type DatafileUpdates } from '../../src/admin/datafile-updates.ts'
import type { WebhookProject } from '../../src/admin/update-settings.ts'
import type { LogEvent } from '../../src/base/log.ts'
import { SDK_KEY, textOf } from '../store/isolate.ts'
import { type Course, keyOf } from '../store/scripted-kv.ts'
import { createPulling, NOW_MS, type Pulling } from './cdn.ts'

const SHOP: WebhookProject = { secrets: ['s'], sdkKeys: [SDK_KEY] }
const FIRST = keyOf('first', SDK_KEY)
const AT_ONCE: Course = { afterMs: 0 }
const TOO_OFTEN: Course = { afterMs: 0, refused: 'KV PUT failed: 429 Too Many Requests' }

interface Announced extends Pulling {
  readonly updates: DatafileUpdates
  readonly logged: readonly LogEvent[]
  readonly waits: readonly number[]
  /** Happens while the second attempt is waited for. */
  meanwhile: () => void
}

function createAnnounced(): Announced {
  const pulling = createPulling()
  const logged: LogEvent[] = []
  const waits: number[] = []
  const announced: Announced = {
    ...pulling,
    logged,
    waits,
    meanwhile: () => {},
    updates: createDatafileUpdates({
      projects: new Map([['42', SHOP]]),
      puller: pulling.puller,
      served: pulling.operator.isolate.store,
      wait: async (ms) => {
        waits.push(ms)
        announced.meanwhile()
      },
      clock: () => NOW_MS,
      background: () => {},
      log: (event) => logged.push(event),
    }),
  }
  return announced
}

function publish({ cdn }: Announced, revision: string): void {
  cdn.answer = () => new Response(textOf(revision))
}

describe('an announcement', () => {
  it('is followed, and logged', async () => {
    const announced = createAnnounced()
    publish(announced, '7')
    expect(await announced.updates.announce(SHOP, 7)).toBeNull()
    expect(announced.operator.kv.entry(FIRST).value).toBe(textOf('7'))
    expect(announced.logged).toEqual([{ level: 'info', code: 'datafile_pulled', sdkKey: SDK_KEY, revision: '7' }])
  })

  it.each([7, 6, 0])('of %d, where 7 is in force, asks nobody (S17)', async (revision) => {
    const announced = createAnnounced()
    publish(announced, '7')
    await announced.updates.announce(SHOP, 7)
    expect(await announced.updates.announce(SHOP, revision)).toBeNull()
    expect(announced.cdn.asked).toHaveLength(1)
  })

  it('that comes a hundred times at once is one pull and one write of each copy (F44)', async () => {
    const announced = createAnnounced()
    publish(announced, '7')
    const storm = Array.from({ length: 100 }, async () => await announced.updates.announce(SHOP, 7))
    expect(new Set(await Promise.all(storm))).toEqual(new Set([null]))
    expect(announced.cdn.asked).toHaveLength(1)
    expect(announced.operator.kv.writes.filter(({ key }) => key === FIRST)).toHaveLength(1)
  })

  it('of later revisions among a storm ends with the last one (F44)', async () => {
    const announced = createAnnounced()
    let revision = 0
    announced.cdn.answer = () => new Response(textOf(String(revision)))
    const storm = Array.from({ length: 20 }, async (_, index) => {
      revision = index + 1
      return await announced.updates.announce(SHOP, revision)
    })
    expect(new Set(await Promise.all(storm))).toEqual(new Set([null]))
    expect(announced.operator.kv.entry(FIRST).value).toBe(textOf('20'))
  })

  it('is followed once more where KV took the write of another a moment ago (F44)', async () => {
    const announced = createAnnounced()
    publish(announced, '7')
    announced.operator.kv.write(TOO_OFTEN, FIRST)
    announced.meanwhile = () => announced.operator.kv.write(AT_ONCE, FIRST)
    expect(await announced.updates.announce(SHOP, 7)).toBeNull()
    expect(announced.waits).toEqual([1_500])
    expect(announced.operator.kv.entry(FIRST).value).toBe(textOf('7'))
  })

  it('says why it could not be followed', async () => {
    const announced = createAnnounced()
    announced.cdn.answer = () => new Response(null, { status: 503 })
    expect(await announced.updates.announce(SHOP, 7)).toBe('It answered with status 503')
    expect(announced.cdn.asked).toHaveLength(2)
  })

  it('of what is not published yet is tried twice, and what is there is left', async () => {
    const announced = createAnnounced()
    publish(announced, '6')
    const problem = await announced.updates.announce(SHOP, 7)
    expect(problem).toBe('Revision 7 was announced, and 6 is what is published')
    expect(announced.operator.kv.entry(FIRST).value).toBeNull()
  })

  it('for several environments, which count by themselves, takes what each publishes', async () => {
    const announced = createAnnounced()
    publish(announced, '3')
    const both: WebhookProject = { secrets: ['s'], sdkKeys: [SDK_KEY, 'staging'] }
    expect(await announced.updates.announce(both, 7)).toBeNull()
    expect(announced.cdn.asked.map(({ url }) => url)).toEqual([
      'https://cdn.example/shop.json',
      'https://cdn.example/staging.json',
    ])
  })

  it('of a key that an operator deleted is heard, and brings nothing back', async () => {
    const announced = createAnnounced()
    publish(announced, '7')
    await announced.updates.announce(SHOP, 7)
    await announced.operator.remove(SDK_KEY)
    publish(announced, '8')
    expect(await announced.updates.announce(SHOP, 8)).toBeNull()
    expect(announced.operator.kv.entry(FIRST).value).toBe('')
  })

  it('beside an upload of a newer revision loses nothing of that (F46)', async () => {
    const announced = createAnnounced()
    publish(announced, '7')
    const { operator } = announced
    await operator.put(SDK_KEY, new TextEncoder().encode(textOf('8')), { force: false })
    await announced.updates.announce(SHOP, 9)
    expect(operator.kv.entry(FIRST).value).toBe(textOf('8'))
  })
})
