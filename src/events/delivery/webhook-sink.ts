import { hexOf } from '../../base/hex.ts'
import { flatEvents } from './flat-event.ts'
import { type Posting, postBatch } from './post-batch.ts'
import type { Sink } from './sink.ts'

export interface WebhookOptions extends Posting {
  readonly url: string
  readonly secret: string
}

/**
 * Posts `{ "events": [ FlatEvent, … ] }`, signed: `Turnout-Signature: t=<seconds>,sha256=<hex>`, the HMAC of
 * `<seconds>.<body>` by the secret, so that neither the body nor its time can be another.
 */
export function createWebhookSink(options: WebhookOptions): Sink {
  return {
    name: 'webhook',
    deliver: async ({ events }) => {
      const body = JSON.stringify({ events: events.flatMap(flatEvents) })
      const seconds = Math.floor(options.clock() / 1000)
      const signature = await hmacHex(options.secret, `${seconds}.${body}`)
      const headers = { 'Turnout-Signature': `t=${seconds},sha256=${signature}` }
      return await postBatch(options, options.url, { body, headers })
    },
  }
}

async function hmacHex(secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign'])
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)))
  return hexOf(signature)
}
