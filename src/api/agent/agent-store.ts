import { reasonOf } from '../../base/reason.ts'
import { err } from '../../base/result.ts'
import type { Api } from '../api.ts'
import type { AgentAnswer } from './agent-route.ts'

/** What comes of asking a store of users; where that fails, the log has why, under `code`. */
export async function askingStore(
  { log }: Pick<Api, 'log'>,
  code: string,
  ask: () => Promise<AgentAnswer>,
): Promise<AgentAnswer> {
  try {
    return await ask()
  } catch (cause) {
    log({ level: 'error', code, message: reasonOf(cause) })
    return err({ code: 'store_unavailable' })
  }
}
