/** F39, F42: ten thousand events through a real Queue into a collector that does everything wrong, and into sums. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { bundleOf } from '../faults/bundle.ts'
import { type Answering, eventsIn, uuidsIn } from './collector.ts'
import { type DeliveringWorker, startDelivering, sumsOf } from './delivering-worker.ts'
import { type Report, reportsOf, truthOf } from './shoppers.ts'

const DECISIONS = 1_000
const SHOPPERS = 600
/** Each reports an exposure and fourteen purchases. */
const PURCHASES = 14

/** Of twenty requests eight succeed at once; two that are accepted are not said to be. */
const ANSWERS: readonly Answering[] = [
  { status: 503 },
  'ok',
  'cut',
  'ok',
  { status: 429, headers: { 'Retry-After': '2' } },
  'ok',
  'truncate',
  'ok',
  'reset',
  'ok',
  { status: 500 },
  'ok',
  'cut',
  'ok',
  { status: 408 },
  'truncate',
  'ok',
  { status: 502, headers: { 'Retry-After': 'Wed, 21 Oct 2015 07:28:00 GMT' } },
  'ok',
  'reset',
]
/** The first requests are never answered, those after them find the collector down, and it is well again in the end. */
const SILENT = 3
const DOWN = 40
const WELL = 700

test('F39 F42 of 10,000 events none is lost and none counts twice', { timeout: 120_000 }, async () => {
  const worker = await startDelivering(onTestFinished, {
    code: await bundleOf('test/support/hasty-worker.ts'),
    queue: {},
    database: true,
    dataset: true,
  })
  const { collector } = worker
  collector.answering = (index) => {
    if (index < SILENT) return 'silence'
    if (index >= WELL) return 'ok'
    return index < DOWN ? 'reset' : (ANSWERS[index % ANSWERS.length] ?? 'ok')
  }
  const reports = reportsOf({ shoppers: SHOPPERS, purchases: PURCHASES })
  const users = Array.from({ length: DECISIONS }, (_, index) => `visitor-${index}`)
  await inTurns(users, async (user) => decide(worker, user))
  await inTurns(reports, async ({ userId, events }) => expect(await worker.report(userId, events)).toBe(202))

  const isThere = { timeout: 90_000, interval: 200 }
  await vi.waitFor(() => expect(uuidsIn(collector.accepted).size).toBe(DECISIONS + SHOPPERS * (PURCHASES + 1)), isThere)
  await expectAll(worker, reports, users)
  await vi.waitFor(async () => expect(await sumsOf(worker)).toEqual(truthOf(reports, users)), isThere)
})

async function expectAll({ collector }: DeliveringWorker, reports: readonly Report[], users: readonly string[]) {
  const events = eventsIn(collector.accepted)
  const uuids = uuidsIn(collector.accepted)
  const given = reports.flatMap((report) => report.events.map(({ uuid }) => uuid))
  expect(given.filter((uuid) => !uuids.has(uuid))).toEqual([])
  const decided = new Set(events.map(({ visitorId }) => visitorId))
  expect(users.filter((user) => !decided.has(user))).toEqual([])
  // Those that were accepted and not said to be have come again, so that removing repeats is seen to be needed.
  expect(events.length).toBeGreaterThan(uuids.size)
}

async function decide({ url }: DeliveringWorker, user: string): Promise<void> {
  const response = await fetch(`${url}/?feature=tested&userId=${user}&key=shop`)
  expect(response.status).toBe(200)
  await response.text()
}

/** Eight at a time. */
async function inTurns<Item>(items: readonly Item[], run: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values()
  const worker = async () => {
    for (const item of waiting) await run(item)
  }
  await Promise.all(Array.from({ length: 8 }, worker))
}
