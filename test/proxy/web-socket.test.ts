/** WebSockets through a Worker that is nothing but a proxy. */
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { bundleOf } from '../faults/bundle.ts'
import { startSite } from './worker.ts'

const { origin, workerd } = await startSite(afterAll, {
  code: await bundleOf('test/support/origin-worker.ts'),
  variables: { TIMEOUT_MS: '500' },
})

describe('a WebSocket', () => {
  it('is opened at the origin, with its protocol, and outlives the time that headers have', async () => {
    const socket = new WebSocket(`${workerd.url.replace('http', 'ws')}/chat?room=1`, ['chat.v1'])
    const received: unknown[] = []
    socket.addEventListener('message', ({ data }) => received.push(data))
    await once(socket, 'open')
    socket.send('early')
    await sleep(1_000)
    socket.send('late')
    await sleep(200)
    socket.close(1000)
    await once(socket, 'close')
    expect([socket.protocol, received]).toEqual(['chat.v1', ['early', 'late']])
    expect(origin.requests.at(-1)).toMatchObject({
      method: 'GET',
      target: '/chat?room=1',
      headers: { upgrade: 'websocket', host: origin.host, 'sec-websocket-protocol': 'chat.v1' },
    })
  })

  it('brings its cookies, mapped to the visited host', async () => {
    const request = httpRequest(`${workerd.url}/chat`, {
      headers: {
        host: 'shop.example',
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    }).end()
    const [message, socket]: [IncomingMessage, { destroy(): void }] = await upgraded(request)
    socket.destroy()
    expect(message.statusCode).toBe(101)
    expect(message.headers['set-cookie']).toEqual(['socket=1; Domain=shop.example'])
  })
})

async function upgraded(request: ReturnType<typeof httpRequest>): Promise<[IncomingMessage, { destroy(): void }]> {
  const [message, socket] = await once(request, 'upgrade')
  return [message, socket]
}
