import type { EventSettings } from '../events/delivery/event-settings.ts'
import { safeUrl } from '../http/anonymous-url.ts'
import { can, type Reader, readBinding, readCount, readFormed, readToken } from './read-env.ts'

/** Reads where events go; what is wrong goes to the reader. */
export function readEventConfig(reader: Reader): EventSettings {
  const collector = readFormed(reader, 'COLLECTOR_URL', {
    parse: collectorOf,
    expected: `"off", or ${URL_EXPECTED}`,
    found: HIDDEN,
  })
  return {
    queue: readBinding(reader, 'EVENTS', { is: can('sendBatch'), expected: 'a Queue binding (producer)' }),
    collector: collector === null ? { url: null } : collector.url === OFF ? null : collector,
    webhook: readWebhook(reader),
    database: readBinding(reader, 'EVENTS_DB', { is: can('prepare', 'batch'), expected: 'a D1 database binding' }),
    dataset: readBinding(reader, 'EVENTS_DATASET', {
      is: can('writeDataPoint'),
      expected: 'an Analytics Engine dataset binding',
    }),
    batchSize: readCount(reader, 'EVENT_BATCH_SIZE', { least: 1, most: 500, usual: 10 }),
    retrySeconds: readCount(reader, 'EVENT_RETRY_SECONDS', { least: 1, most: 900, usual: 10 }),
  }
}

const OFF = 'off'
const URL_EXPECTED = 'an https URL'
/** An address may hold a password or a token. */
const HIDDEN = 'another text'

function readWebhook(reader: Reader): EventSettings['webhook'] {
  const url = readFormed(reader, 'EVENT_WEBHOOK_URL', { parse: webUrl, expected: URL_EXPECTED, found: HIDDEN })
  const secret = readToken(reader, 'EVENT_WEBHOOK_SECRET')
  if (url === null) return null
  if (secret !== null) return { url, secret }
  reader.refuse('EVENT_WEBHOOK_SECRET', 'a secret to sign with, as EVENT_WEBHOOK_URL is set', 'nothing')
  return null
}

function collectorOf(text: string): { readonly url: string } | null {
  const url = text === OFF ? OFF : webUrl(text)
  return url === null ? null : { url }
}

function webUrl(text: string): string | null {
  return safeUrl(text)?.href ?? null
}
