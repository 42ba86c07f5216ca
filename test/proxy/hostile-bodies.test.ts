/** Bodies that HTTP allows and nobody sends, against the bundled Worker in raw workerd. */
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startWarmPlace } from '../faults/place.ts'

const CHUNKED =
  'POST /v1/batch HTTP/1.1\r\nHost: turnout\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'

describe('P7: a body', () => {
  test('in chunks of one byte each takes some memory, not kilobytes for a byte', async () => {
    const { workerd } = await startWarmPlace(onTestFinished)
    const before = await residentMb(workerd.pid)
    const status = await answered(workerd.url, [CHUNKED, '1\r\n \r\n'.repeat(200_000), '0\r\n\r\n'])
    expect(status).toBe(400)
    // As a list of its chunks it took a gigabyte; an isolate has 128 MB.
    expect((await largestMb(workerd.pid)) - before).toBeLessThan(300)
  })

  test('that never ends holds up nobody else, and ends with its sender', async () => {
    const { workerd, ask } = await startWarmPlace(onTestFinished)
    const stalled = Array.from({ length: 50 }, () => begun(workerd.url, `${CHUNKED}1\r\n{\r\n`))
    expect((await ask()).status).toBe(200)
    for (const socket of stalled) socket.destroy()
    expect((await ask()).status).toBe(200)
    expect(workerd.exitCode()).toBeNull()
  })

  test('that is shorter than it said is answered to nobody, and takes nothing along', async () => {
    const { workerd, ask } = await startWarmPlace(onTestFinished)
    const head = 'POST /v1/events HTTP/1.1\r\nHost: turnout\r\nContent-Length: 500\r\n\r\n{"key":"shop"'
    const socket = begun(workerd.url, head)
    socket.end()
    expect((await ask()).status).toBe(200)
    expect(workerd.logged.filter((line) => line.includes('internal_error'))).toEqual([])
  })
})

function begun(url: string, text: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(text)
  return socket
}

/** The status of the answer to what is written. */
async function answered(url: string, parts: readonly string[]): Promise<number> {
  const socket = begun(url, '')
  for (const part of parts) socket.write(part)
  for await (const bytes of socket) {
    socket.destroy()
    return Number(/^HTTP\/1\.1 (\d+)/.exec(String(bytes))?.[1])
  }
  return 0
}

function residentMb(pid: number): Promise<number> {
  return memoryMb(pid, 'VmRSS')
}

function largestMb(pid: number): Promise<number> {
  return memoryMb(pid, 'VmHWM')
}

async function memoryMb(pid: number, name: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024
}
