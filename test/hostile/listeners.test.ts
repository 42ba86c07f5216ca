/** Who takes a place among the listeners of an SDK key, and does not listen. */
import { expect, test } from 'vitest'
import { MOST_LISTENERS } from '../../src/durable/notification-relay.ts'
import { startWith } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

test('HEAD of the event stream takes nobody’s place', async () => {
  const ask = await startWith(shopDatafile(), { NOTIFICATIONS: 'on' })
  const path = '/v1/notifications/event-stream'
  const headers = { 'X-Optimizely-SDK-Key': 'shop' }
  for (let count = 0; count < 3 * MOST_LISTENERS; count++) {
    const head = await ask(path, { method: 'HEAD', headers })
    expect(head.status).toBe(200)
  }
  const response = await ask(path, { headers })
  expect(response.status).toBe(200)
  await response.body?.cancel()
})
