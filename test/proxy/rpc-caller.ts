/** Two Workers in one workerd: Turnout over a KV that can be made to fail, and one that calls it as a test says. */
import { bundleOf, bundleWorker } from '../faults/bundle.ts'
import { type FakeKv, startFakeKv } from '../faults/fake-kv.ts'
import { startWorkerd, type Workerd } from '../faults/workerd.ts'
import { type OnTestFinished, storeDatafile } from './worker.ts'

export interface RpcCaller {
  readonly kv: FakeKv
  readonly workerd: Workerd
  /** What a method of `env.TURNOUT` answers. Rejects where the call does. */
  call(method: string, ...given: unknown[]): Promise<unknown>
}

export interface RpcCallerOptions {
  /** Stored under `shop`; nothing is without it. */
  readonly datafile?: object
  /** Of the binding. */
  readonly props?: object
  /** Of Turnout. */
  readonly variables?: Readonly<Record<string, string>>
}

export async function startRpcCaller(
  onTestFinished: OnTestFinished,
  { datafile, props, variables = {} }: RpcCallerOptions,
): Promise<RpcCaller> {
  const kv = await startFakeKv()
  onTestFinished(kv.stop)
  if (datafile !== undefined) storeDatafile(kv, datafile)
  const turnout = { code: await bundleWorker(), kvPort: kv.port, variables, entrypoint: 'Turnout' }
  const workerd = await startWorkerd({
    code: await bundleOf('test/support/rpc-caller.ts'),
    services: { TURNOUT: props === undefined ? turnout : { ...turnout, props } },
  })
  onTestFinished(workerd.stop)
  return {
    kv,
    workerd,
    async call(method, ...given) {
      const response = await fetch(workerd.url, { method: 'POST', body: JSON.stringify({ method, given }) })
      const told: { answered?: unknown; thrown?: string; callbacks: number } = JSON.parse(await response.text())
      if (told.callbacks > 0) throw new Error('Turnout has called back.')
      if (told.thrown !== undefined) throw new Error(told.thrown)
      return told.answered
    },
  }
}

/** The fields of an answer. */
export function fieldsOf(answer: unknown): Readonly<Record<string, unknown>> {
  return Object(answer)
}
