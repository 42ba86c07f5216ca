import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

export interface Origin {
  readonly url: string
  stop(): Promise<void>
}

/** Starts the site behind the proxies in a thread, on a free port. */
export async function startOrigin(): Promise<Origin> {
  const thread = new Worker(new URL('origin.ts', import.meta.url))
  const [port] = await once(thread, 'message')
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      await thread.terminate()
    },
  }
}
