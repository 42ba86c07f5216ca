/** A webhook's receiver, with the code that docs/events.md gives it. */
import { readFile } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { type Received, startCollector } from './collector.ts'
import { type OnTestFinished, startDelivering } from './delivering-worker.ts'

const SECRET = 'a-secret-of-the-webhook'
const DOCUMENT = new URL('../../docs/events.md', import.meta.url)

interface Signed {
  readonly body: string
  readonly signature: string
  readonly secret: string
  readonly nowSeconds?: number
}

test('a webhook is signed, so that its receiver can tell who it is from and when', async ({ onTestFinished }) => {
  const isFromTurnout = await documentedCode()
  const { body, headers } = await sentToWebhook(onTestFinished)
  const signature = String(headers['turnout-signature'])
  const [, seconds] = /^t=(\d{10}),sha256=[0-9a-f]{64}$/.exec(signature) ?? []
  const nowSeconds = Number(seconds)
  const right: Signed = { body, signature, secret: SECRET, nowSeconds }
  expect(isFromTurnout({ body, signature, secret: SECRET })).toBe(true)
  expect(isFromTurnout({ ...right, nowSeconds: nowSeconds + 299 })).toBe(true)
  const wrong: readonly Signed[] = [
    { ...right, nowSeconds: nowSeconds + 301 },
    { ...right, nowSeconds: nowSeconds - 301 },
    { ...right, body: `${body} ` },
    { ...right, secret: 'another' },
    { ...right, signature: signature.replace(`t=${seconds}`, `t=${nowSeconds + 1}`) },
    { ...right, signature: signature.slice(0, -1) },
    { ...right, signature: '' },
    { ...right, signature: `t=${seconds},sha256=` },
  ]
  expect(wrong.map((signed) => isFromTurnout(signed))).toEqual(wrong.map(() => false))
  expect(JSON.parse(body)).toMatchObject({ events: [{ type: 'conversion', userId: 'u1', tags: { colour: 'é' } }] })
})

async function sentToWebhook(onTestFinished: OnTestFinished): Promise<Received> {
  const receiver = await startCollector()
  onTestFinished(receiver.stop)
  const variables = { COLLECTOR_URL: 'off', EVENT_WEBHOOK_URL: `${receiver.url}/hook`, EVENT_WEBHOOK_SECRET: SECRET }
  const worker = await startDelivering(onTestFinished, { variables })
  await worker.report('u1', [{ type: 'conversion', eventKey: 'purchase', tags: { colour: 'é' } }])
  await vi.waitFor(() => expect(receiver.accepted).toHaveLength(1), { timeout: 20_000 })
  const [received] = receiver.accepted
  if (received === undefined) throw new Error('Nothing was received')
  return received
}

/** The function that the document gives. */
async function documentedCode(): Promise<(signed: Signed) => boolean> {
  const document = await readFile(DOCUMENT, 'utf8')
  const [, code] = /```js\n(import \{ createHmac.*?)\n```/s.exec(document) ?? []
  if (code === undefined) throw new Error('docs/events.md has no code for receivers')
  const { isFromTurnout }: { isFromTurnout: (signed: Signed) => boolean } = await import(
    `data:text/javascript,${encodeURIComponent(code)}`
  )
  return isFromTurnout
}
