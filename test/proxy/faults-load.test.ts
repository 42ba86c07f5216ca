/** Visitors who leave, pages and plans without measure, and the kill switch: what the Worker holds is bounded. */
import { readdir, readFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { edited, experimentDatafile, RETURNING, startExperiment, USER_AGENT, withoutOurs } from './experiment.ts'
import { PAGE } from './pages.ts'
import { startSite } from './worker.ts'

const site = await startExperiment(afterAll)
/** Switched off from now on, which it learns while the tests run that come before those of the switch. */
const switched = await startExperiment(afterAll)
if (withoutOurs(await switched.visit('/page.html', RETURNING)) !== edited(PAGE)) throw new Error('It is not on')
switched.kv.set('pages:off', 'yes')

describe('F36 visitors who leave', () => {
  it('a thousand times in the middle of an edited page end it at the origin, and hold nothing open', async () => {
    const { workerd, origin } = site
    // Goes on for some time, by which the runtime learns that nobody reads, and then hangs.
    origin.on('/left', async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).write(PAGE.slice(0, 1_000))
      for (let at = 1_000; at < PAGE.length && !response.destroyed; at += 1_000) {
        await sleep(200)
        response.write(PAGE.slice(at, at + 1_000))
      }
    })
    const before = await openFiles(workerd.pid)
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 50 }, () => leaveInTheMiddle(`${workerd.url}/left`)))
    }
    await vi.waitFor(async () => expect(await openFiles(workerd.pid)).toBeLessThan(before + 100), 10_000)
    await vi.waitFor(() => expect(origin.requestsTo('/left').filter(({ aborted }) => !aborted)).toEqual([]), 10_000)
    expect(withoutOurs(await site.visit('/page.html', RETURNING))).toBe(edited(PAGE))
  })
})

/** Leaves when the first bytes are there. */
function leaveInTheMiddle(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { ...RETURNING, 'user-agent': USER_AGENT, host: 'shop.example' }
    const asked = request(url, { agent: new Agent({ keepAlive: false }), headers }, (response) => {
      response.once('data', () => {
        asked.destroy()
        resolve()
      })
      response.on('error', () => {})
    })
    asked.on('error', reject).end()
  })
}

describe('F38 a page of many megabytes', () => {
  const bodyOf = (bytes: number) =>
    PAGE.replace('<ul>', `<ul>${'<li class="more">One more of the list</li>\n'.repeat(bytes / 42)}`)

  it.each([1_000_000, 10_000_000])('is edited and whole, and is not held in memory: %i bytes', async (bytes) => {
    const page = bodyOf(bytes)
    site.origin.on('/large', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page)
    })
    await site.visit('/large', RETURNING)
    const before = await peakMemory(site.workerd.pid)
    for (let times = 0; times < 12; times++) {
      const answer = await site.visit('/large', RETURNING)
      expect([answer.complete, withoutOurs(answer) === edited(page)]).toEqual([true, true])
    }
    expect((await peakMemory(site.workerd.pid)) - before).toBeLessThan(100_000_000)
  })

  it('is sent on as it comes: its first byte does not wait for its last', async () => {
    const page = Buffer.from(bodyOf(1_000_000))
    site.origin.on('/large-and-slow', async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).write(page.subarray(0, 500_000))
      await sleep(1_000)
      response.end(page.subarray(500_000))
    })
    const answer = await site.visit('/large-and-slow', RETURNING)
    expect(answer.totalMs - (answer.firstByteMs ?? answer.totalMs)).toBeGreaterThan(700)
  })
})

describe('F38 a plan of many changes', () => {
  const changes = Array.from({ length: 100 }, (_, index) => ({
    type: 'attribute',
    selector: `#row-${index}`,
    attributes: { title: `t${index}` },
  }))

  it('makes every one of them, in one pass', async ({ onTestFinished }) => {
    const { visit, origin } = await startExperiment(onTestFinished, { changes })
    const answer = await visit('/page.html', RETURNING)
    const titles = [...answer.text.matchAll(/id="row-(\d+)" title="t\1"|title="t(\d+)" id="row-\2"/g)]
    expect([answer.complete, titles.length, origin.requestsTo('/page.html').length]).toEqual([true, 100, 1])
  })

  it('is one page of 500 flags and 200 experiments, all but one of other pages', async ({ onTestFinished }) => {
    const many = manyOf(200, 500)
    const { visit, kv } = await startExperiment(onTestFinished, { datafile: many })
    const reads = kv.reads.length
    const answers = await Promise.all(Array.from({ length: 50 }, () => visit('/page.html', RETURNING)))
    expect(answers.every((answer) => withoutOurs(answer) === edited(PAGE))).toBe(true)
    expect(kv.reads.length).toBe(reads)
  })
})

/** That many experiments beside the usual one, each on a page of its own, and that many flags. */
function manyOf(experimentCount: number, flagCount: number): object {
  const base: Partial<Record<'pages' | 'experiments', object[]>> = experimentDatafile()
  const ids = Array.from({ length: experimentCount }, (_, index) => `${index}`)
  const conditionOf = (id: string) => ({ type: 'url', match: 'simple', value: `https://shop.example/of/${id}` })
  return {
    pages: [
      ...(base.pages ?? []),
      ...ids.map((id) => ({ id: `q${id}`, key: `q${id}`, conditions: ['or', conditionOf(id)] })),
    ],
    experiments: [
      ...(base.experiments ?? []),
      ...ids.map((id) => ({
        ...base.experiments?.[0],
        id: `x${id}`,
        key: `x${id}`,
        layerId: `y${id}`,
        pageIds: [`q${id}`],
        trafficAllocation: [{ entityId: `z${id}`, endOfRange: 10_000 }],
        variations: [{ id: `z${id}`, key: 'on', actions: [{ pageId: `q${id}`, changes: [] }] }],
      })),
    ],
    featureFlags: Array.from({ length: flagCount }, (_, index) => ({
      id: `f${index}`,
      key: `flag_${index}`,
      experimentIds: [],
      rolloutId: '',
      variables: [],
    })),
  }
}

describe('P8 the kill switch', () => {
  it('thrown while the Worker serves leaves every page to the origin within a minute', async () => {
    const isOff = async () => (await switched.visit('/page.html', RETURNING)).text === PAGE
    await vi.waitFor(async () => expect(await isOff()).toBe(true), { timeout: 60_000, interval: 1_000 })
  }, 70_000)

  it.for(['', 'false', '0'])('is any value: %j', async (value, { onTestFinished }) => {
    const off = await startSite(onTestFinished, { datafile: experimentDatafile() })
    off.kv.set('pages:off', value)
    const answer = await off.ask('/page.html', { headers: { ...RETURNING, 'user-agent': USER_AGENT } })
    expect(answer.text).toBe(PAGE)
  })
})

async function openFiles(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length
}

/** The most memory that the process has had so far, in bytes. */
async function peakMemory(pid: number): Promise<number> {
  const [, kilobytes = ''] = /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}
