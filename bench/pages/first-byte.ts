import { connect } from 'node:net'
import type { Workerd } from '../workerd.ts'
import { SLOW_TARGET } from './origin.ts'

interface Asked {
  readonly workerd: Workerd
  readonly headers: readonly string[]
}

/** From each request to the first byte of its body, in milliseconds, one value per round; all take turns. */
export async function firstBytes<Subject extends Asked>(
  subjects: readonly Subject[],
  rounds: number,
): Promise<ReadonlyMap<Subject, readonly number[]>> {
  const delays = new Map<Subject, number[]>(subjects.map((subject) => [subject, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [subject, samples] of delays) samples.push(await firstByte(subject))
  }
  return delays
}

/** On a connection that is there already, and until the answer has ended, so that nothing of it disturbs the next. */
async function firstByte({ workerd: { port }, headers }: Asked): Promise<number> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  const start = performance.now()
  socket.write(`GET ${SLOW_TARGET} HTTP/1.1\r\n${headers.join('\r\n')}\r\nConnection: close\r\n\r\n`)
  let delay = Number.NaN
  let head = ''
  for await (const chunk of socket) {
    if (!Number.isNaN(delay)) continue
    head += chunk.toString('latin1')
    const end = head.indexOf('\r\n\r\n')
    if (end !== -1 && head.length > end + 4) delay = performance.now() - start
  }
  if (!head.startsWith('HTTP/1.1 200')) throw new Error(`The Worker answered: ${head.slice(0, 400)}`)
  return delay
}
