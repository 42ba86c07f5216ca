import type { EventSettings } from '../events/delivery/event-settings.ts'
import { type Reader, readBinding, readCount, readText, readToken } from './read-env.ts'

/** Reads where events go; what is wrong goes to the reader. */
export function readEventConfig(reader: Reader): EventSettings {
  const collector = readHidden(reader, 'COLLECTOR_URL', { parse: collectorOf, expected: `"off", or ${URL_EXPECTED}` })
  return {
    queue: readBinding(reader, 'EVENTS', { is: isQueue, expected: 'a Queue binding (producer)' }),
    collector: collector === null ? { url: null } : collector.url === OFF ? null : collector,
    webhook: readWebhook(reader),
    database: readBinding(reader, 'EVENTS_DB', { is: isDatabase, expected: 'a D1 database binding' }),
    dataset: readBinding(reader, 'EVENTS_DATASET', { is: isDataset, expected: 'an Analytics Engine dataset binding' }),
    batchSize: readCount(reader, 'EVENT_BATCH_SIZE', { least: 1, most: 500, usual: 10 }),
    retrySeconds: readCount(reader, 'EVENT_RETRY_SECONDS', { least: 1, most: 900, usual: 10 }),
  }
}

const OFF = 'off'
const URL_EXPECTED = 'an https URL'

function readWebhook(reader: Reader): EventSettings['webhook'] {
  const url = readHidden(reader, 'EVENT_WEBHOOK_URL', { parse: webUrl, expected: URL_EXPECTED })
  const secret = readToken(reader, 'EVENT_WEBHOOK_SECRET')
  if (url === null) return null
  if (secret !== null) return { url, secret }
  reader.refuse('EVENT_WEBHOOK_SECRET', 'a secret to sign with, as EVENT_WEBHOOK_URL is set', 'nothing')
  return null
}

/** A text of a certain form that is not shown where it is wrong: an address may hold a password or a token. */
function readHidden<Value>(
  reader: Reader,
  name: string,
  { parse, expected }: { readonly parse: (text: string) => Value | null; readonly expected: string },
): Value | null {
  const text = readText(reader, name)
  if (text === null) return null
  const value = parse(text)
  if (value === null) reader.refuse(name, expected, 'another text')
  return value
}

function collectorOf(text: string): { readonly url: string } | null {
  const url = text === OFF ? OFF : webUrl(text)
  return url === null ? null : { url }
}

/** Over https, or to this machine while developing. */
function webUrl(text: string): string | null {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '') return null
  const isLocal = url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  return isLocal || url.protocol === 'https:' ? url.href : null
}

function isQueue(value: unknown): value is NonNullable<EventSettings['queue']> {
  return typeof value === 'object' && value !== null && 'sendBatch' in value
}

function isDatabase(value: unknown): value is NonNullable<EventSettings['database']> {
  return typeof value === 'object' && value !== null && 'prepare' in value && 'batch' in value
}

function isDataset(value: unknown): value is NonNullable<EventSettings['dataset']> {
  return typeof value === 'object' && value !== null && 'writeDataPoint' in value
}
