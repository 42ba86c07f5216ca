/** Somebody who has been on the site before, as their browser asks for a page. */
import { request } from 'node:http'
import type { Workerd } from '../workerd.ts'
import { PAGE_HOST, PAGE_PATH } from './cases.ts'

/** Lines of a request's head. */
export const VISITOR_HEADERS: readonly string[] = [
  `Host: ${PAGE_HOST}`,
  'User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/154.0.0.0 Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Accept-Language: en-GB,en;q=0.9,de;q=0.8',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Sec-CH-UA: "Chromium";v="154", "Google Chrome";v="154", "Not?A_Brand";v="99"',
  'Sec-CH-UA-Mobile: ?0',
  'Sec-CH-UA-Platform: "Windows"',
  'Sec-Fetch-Dest: document',
  'Sec-Fetch-Mode: navigate',
  'Sec-Fetch-Site: same-origin',
  'Sec-Fetch-User: ?1',
  'Upgrade-Insecure-Requests: 1',
  `Referer: https://${PAGE_HOST}/collections/kitchen-1`,
  `Cookie: ${[
    'turnout_visitor=5e1c2f0a-9d1b-4c55-8f0e-b8ad52f5c3de',
    'gbuuid=5e1c2f0a-9d1b-4c55-8f0e-b8ad52f5c3de',
    'optimizelyEndUserId=oeu1700000000000r0.1234567890123456',
    'cart=c9b1f0de6a7a4f4c',
    '_ga=GA1.1.1234567890.1700000000',
    'theme=light',
  ].join('; ')}`,
]

export interface Answer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** Asks for the page once. `headers` are lines of the request's head. */
export function ask({ port }: Workerd, headers: readonly string[], target = PAGE_PATH): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path: target, headers: fieldsOf(headers) }, (message) => {
      const chunks: Buffer[] = []
      message.on('data', (chunk) => chunks.push(chunk))
      message.on('error', reject)
      message.on('end', () => {
        const fields = Object.entries(message.headers).map(([name, value]) => [name, String(value)] as const)
        resolve({ status: message.statusCode ?? 0, headers: new Map(fields), body: Buffer.concat(chunks).toString() })
      })
    })
    asked.on('error', reject)
    asked.end()
  })
}

function fieldsOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(lines.map((line) => line.split(/: (.*)/s, 2)))
}
