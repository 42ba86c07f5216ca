import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { onTestFinished } from 'vitest'
import { ROOT, type WhenDone } from './run-turnout.ts'

/** A program that goes on until it is told to end. */
export interface Running {
  /** Resolves to everything printed so far, once `pattern` is in it. Rejects when the program ends before. */
  printed(pattern: RegExp): Promise<string>
  /** Sends SIGINT, as Ctrl-C does, and resolves to the exit code. */
  interrupt(): Promise<number | null>
  /** Resolves to the exit code once it has ended by itself. */
  ended(): Promise<number | null>
}

/** Starts a script of Node in the repository, and ends it with the test, or when `whenDone` says. */
export function startNode(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  whenDone: WhenDone = onTestFinished,
): Running {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', NO_COLOR: '1', CI: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  const ended = async () => {
    await closed
    return child.exitCode
  }
  const interrupt = async () => {
    child.kill('SIGINT')
    return await ended()
  }
  whenDone(async () => {
    await interrupt()
  })
  return { printed: watch(child), interrupt, ended }
}

function watch(child: ChildProcess): Running['printed'] {
  let output = ''
  const collect = (chunk: Buffer) => {
    output += chunk.toString()
  }
  child.stdout?.on('data', collect)
  child.stderr?.on('data', collect)
  return (pattern) =>
    new Promise((resolve, reject) => {
      const look = () => {
        if (pattern.test(output)) resolve(output)
      }
      child.stdout?.on('data', look)
      child.stderr?.on('data', look)
      child.once('close', () => reject(new Error(`It ended without printing ${pattern}:\n${output}`)))
      look()
    })
}

/** A port that nothing listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('A server without a port')
  return address.port
}
