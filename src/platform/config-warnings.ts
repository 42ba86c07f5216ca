import type { AgentConfig } from './agent-config.ts'
import type { KeptConfig } from './kept-config.ts'
import { type Reader, readSwitch } from './read-env.ts'

/** What works as it is configured, and may not be what was meant. */
export interface ConfigWarning {
  readonly code: string
  /** Names with commas between, as they stand in a line of the log. */
  readonly variables: string
  readonly message: string
}

/**
 * Warns where whoever has the SDK key, which pages give away, gets at what is kept of users and what they do: clients of the Agent are
 * asked for no token, and `AGENT_OPEN` does not say that this is meant.
 */
export function readWarnings(
  reader: Reader,
  { agentAuth, relays, overrides, userProfiles }: AgentConfig & KeptConfig,
): readonly ConfigWarning[] {
  const isMeant = readSwitch(reader, 'AGENT_OPEN', false)
  const open = [
    relays !== null && 'NOTIFICATIONS',
    overrides !== null && 'OVERRIDES',
    userProfiles.kind !== 'off' && 'USER_PROFILES',
  ].filter((name) => name !== false)
  if (isMeant || agentAuth !== null || open.length === 0) return []
  return [{ code: 'agent_open', variables: open.join(', '), message: MESSAGE }]
}

const MESSAGE =
  'Whoever has the SDK key reaches these routes, and what they tell of users. Set AGENT_JWT_SECRET, so that they want a token, or AGENT_OPEN=on where the public does not reach this Worker.'
