import { expect, it, vi } from 'vitest'
import { createFlights, type FlightOptions, JOINABLE_MS } from '../../src/store/flights.ts'

function createTestFlights(options: Partial<FlightOptions> = {}) {
  const clock = { nowMs: 0 }
  const background: Promise<unknown>[] = []
  const flights = createFlights({
    clock: () => clock.nowMs,
    background: (task) => background.push(task),
    ...options,
  })
  return { flights, clock, background }
}

const forEver = () => new Promise<void>(() => {})

it('lets all who ask for a key share one read', async () => {
  const { flights } = createTestFlights()
  const start = vi.fn(async () => {})
  await Promise.all(Array.from({ length: 200 }, () => flights.join('shop', start)))
  expect(start).toHaveBeenCalledTimes(1)
})

it('keeps keys apart', async () => {
  const { flights } = createTestFlights()
  const start = vi.fn(async () => {})
  await Promise.all([flights.join('shop', start), flights.join('blog', start)])
  expect(start).toHaveBeenCalledTimes(2)
})

it('begins another read once one has ended', async () => {
  const { flights } = createTestFlights()
  const start = vi.fn(async () => {})
  await flights.join('shop', start)
  await flights.join('shop', start)
  expect(start).toHaveBeenCalledTimes(2)
})

it('hands each read to the background, once, so that it outlives the request that began it', async () => {
  const { flights, background } = createTestFlights()
  await Promise.all([flights.join('shop', async () => {}), flights.join('shop', async () => {})])
  expect(background).toHaveLength(1)
})

it.each([
  ['younger than three seconds', JOINABLE_MS - 1, 1],
  ['three seconds old', JOINABLE_MS, 2],
  ['begun in the future, by a clock that was set back', -1, 2],
])('of a read that never ends and is %s', (_, ageMs, expectedReads) => {
  const { flights, clock } = createTestFlights()
  const start = vi.fn(forEver)
  void flights.join('shop', start)
  clock.nowMs += ageMs
  void flights.join('shop', start)
  expect(start).toHaveBeenCalledTimes(expectedReads)
})

it('lets 200 requests that waited for a read whose owner is gone share the next one', async () => {
  const { flights } = createTestFlights({ background: (task) => task.catch(() => {}) })
  const reads = [Promise.reject(new Error('this promise was created by a request that has since ended'))]
  const start = vi.fn(() => reads.shift() ?? Promise.resolve())
  const owner = flights.join('shop', start).catch(() => {})
  await Promise.all([owner, ...Array.from({ length: 200 }, () => flights.join('shop', start))])
  expect(start).toHaveBeenCalledTimes(2)
})

it('does not forget a newer read when an older one ends', async () => {
  const { flights, clock } = createTestFlights()
  let endOlder = () => {}
  const older = flights.join('shop', () => new Promise((resolve) => (endOlder = resolve)))
  clock.nowMs += JOINABLE_MS
  const start = vi.fn(forEver)
  void flights.join('shop', start)
  endOlder()
  await older
  void flights.join('shop', start)
  expect(start).toHaveBeenCalledTimes(1)
})
