import type { AgentAuth, AgentClient } from '../api/agent/auth/agent-clients.ts'
import { isJsonObject, type JsonValue } from '../base/json.ts'
import { parseSdkKey } from '../store/sdk-key.ts'
import { type Form, mapFromJson, type Reader, readCount, readFormed, readText } from './read-env.ts'

/** What is about clients of the Optimizely Agent. */
export interface AgentConfig {
  /** `AGENT_JWT_SECRET`, `AGENT_AUTH`, `AGENT_TOKEN_SECONDS`; `null`: nobody is asked for a token. */
  readonly agentAuth: AgentAuth | null
  /** `BATCH_LIMIT`: operations in one batch. */
  readonly batchLimit: number
}

/** Reads what is about clients of the Agent; what is wrong goes to the reader, and no secret with it. */
export function readAgentConfig(reader: Reader): AgentConfig {
  return {
    agentAuth: readAuth(reader),
    batchLimit: readCount(reader, 'BATCH_LIMIT', { least: 1, most: 10_000, usual: 500 }),
  }
}

/** RFC 7518, 3.2: at least as long as what it makes. */
const SECRET_LENGTH = 32
const DAY_SECONDS = 86_400

/** Clients without a secret to sign with would get tokens that open nothing, or everything. */
function readAuth(reader: Reader): AgentAuth | null {
  const jwtSecret = readText(reader, 'AGENT_JWT_SECRET')
  const clients = readFormed(reader, 'AGENT_AUTH', CLIENTS)
  const tokenSeconds = readCount(reader, 'AGENT_TOKEN_SECONDS', { least: 60, most: DAY_SECONDS, usual: 1_800 })
  if (jwtSecret === null) {
    const isNeeded = reader.value('AGENT_AUTH') !== undefined
    if (isNeeded) reader.refuse('AGENT_JWT_SECRET', 'to be set where AGENT_AUTH is', 'nothing')
    return null
  }
  if (jwtSecret.length < SECRET_LENGTH) {
    reader.refuse('AGENT_JWT_SECRET', `at least ${SECRET_LENGTH} characters`, `${jwtSecret.length}`)
  }
  return { clients: clients ?? new Map(), jwtSecret, tokenSeconds }
}

/** It holds hashes of secrets. */
const CLIENTS: Form<ReadonlyMap<string, AgentClient>> = {
  parse: (text) => mapFromJson(text, parseClient),
  expected: 'JSON such as {"client_id": {"secretSha256": "64 digits of hex", "sdkKeys": ["sdk_key"]}}',
  found: 'something else',
}

function parseClient(value: JsonValue, id: string): AgentClient | null {
  if (id === '' || !isJsonObject(value) || !Array.isArray(value.sdkKeys)) return null
  const { secretSha256 } = value
  if (typeof secretSha256 !== 'string' || !/^[\da-f]{64}$/i.test(secretSha256)) return null
  const sdkKeys = value.sdkKeys.flatMap((key) => (typeof key === 'string' ? (parseSdkKey(key) ?? []) : []))
  const areAllKeys = sdkKeys.length === value.sdkKeys.length && sdkKeys.length > 0
  return areAllKeys ? { secretSha256: secretSha256.toLowerCase(), sdkKeys } : null
}
