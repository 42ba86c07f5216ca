import { createServer } from 'node:net'
import { InvalidArgumentError } from 'commander'

/** Whether nothing listens on a port of this machine, by IPv4 or IPv6. wrangler waits for a taken one without a word. */
export async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '::1'))
}

/** The first free port after another, or `null` where there is none nearby. */
export async function nextFree(port: number): Promise<number | null> {
  for (let next = port + 1; next <= Math.min(port + 100, 65_535); next++) {
    if (await isFree(next)) return next
  }
  return null
}

/** A port as it is typed. Throws what the command line tells of it. */
export function portNumber(value: string): number {
  const port = Number(value)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new InvalidArgumentError('A port is a number from 1 to 65535.')
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    // A machine without IPv6 has nothing that could take the port there.
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'EADDRINUSE' && code !== 'EACCES'))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
