/** Workers of others, with Turnout, or something that pretends to be it, bound to them. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { bundleOf, bundleWorker } from '../faults/bundle.ts'
import { startFakeKv } from '../faults/fake-kv.ts'
import { startWorkerd, type Workerd, type WorkerdOptions } from '../faults/workerd.ts'
import { type Answer, type Sending, send } from './client.ts'
import { RETURNING, USER_AGENT } from './experiment.ts'
import { type OnTestFinished, SDK_KEY, storeDatafile } from './worker.ts'

export interface OwnWorker {
  readonly workerd: Workerd
  /** Asks as a person's browser does that has been here before. */
  visit(path: string, headers?: Sending['headers'], method?: string): Promise<Answer>
}

export interface OwnWorkerOptions {
  /** What is bound as `TURNOUT`. */
  readonly turnout: Required<WorkerdOptions>['services'][string]
  readonly variables?: Readonly<Record<string, string>>
}

/** Starts a Worker, given its file relative to the repository. */
export async function startOwnWorker(
  onTestFinished: OnTestFinished,
  file: string,
  { turnout, variables = {} }: OwnWorkerOptions,
): Promise<OwnWorker> {
  const workerd = await startWorkerd({
    code: await bundleOf(file),
    variables: { SDK_KEY, ...variables },
    outbound: 'loopback',
    services: { TURNOUT: turnout },
  })
  onTestFinished(workerd.stop)
  return {
    workerd,
    visit: (path, headers, method = 'GET') =>
      send(`${workerd.url}${path}`, { method, headers: { 'user-agent': USER_AGENT, ...RETURNING, ...headers } }),
  }
}

/** Turnout itself, with a datafile. */
export async function turnoutWith(
  onTestFinished: OnTestFinished,
  datafile: object,
): Promise<Exclude<OwnWorkerOptions['turnout'], number>> {
  const kv = await startFakeKv()
  onTestFinished(kv.stop)
  storeDatafile(kv, datafile)
  return { code: await bundleWorker(), kvPort: kv.port }
}

export interface PretendedTurnout {
  readonly port: number
  /** Has every question answered so from now on. */
  answer(respond: (response: ServerResponse) => void): void
}

/** Something that is asked in Turnout’s place. */
export async function pretendTurnout(onTestFinished: OnTestFinished): Promise<PretendedTurnout> {
  let respond: (response: ServerResponse) => void = (response) => response.end()
  const server = createServer((_, response) => respond(response)).listen(0, '127.0.0.1')
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
  })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return {
    port: address.port,
    answer: (next) => {
      respond = next
    },
  }
}
