import type { ObjectNamespace } from '../store/object-namespace.ts'
import type { UserShardCalls } from '../store/user-shard-calls.ts'
import { type Reader, readBinding, readFormed, readSwitch } from './read-env.ts'

/** What is kept of users, and where. */
export interface KeptConfig {
  /** `USER_PROFILES` */
  readonly userProfiles: UserProfiles
  /** `OVERRIDES`; `null`: nobody is forced into a variation for longer than a request. */
  readonly overrides: UserNamespace | null
}

type UserNamespace = ObjectNamespace<UserShardCalls>

/** With the binding `USERS`, where they are in Durable Objects. */
type UserProfiles = { readonly kind: 'off' | 'kv' } | { readonly kind: 'durable-object'; readonly users: UserNamespace }

/** Reads what is kept of users; a binding that is needed and missing is refused by name. */
export function readKeptConfig(reader: Reader): KeptConfig {
  const kind = readFormed(reader, 'USER_PROFILES', {
    parse: kindOfProfiles,
    expected: '"durable-object", "kv" or "off"',
  })
  const isOverriding = readSwitch(reader, 'OVERRIDES', false)
  const isInObjects = kind === 'durable-object'
  const users = readBinding(reader, 'USERS', { is: isNamespace, expected: USERS })
  if (users === null && reader.value('USERS') === undefined && (isInObjects || isOverriding)) {
    reader.refuse(
      'USERS',
      `${USERS}, as ${isInObjects ? 'USER_PROFILES is durable-object' : 'OVERRIDES is on'}`,
      'nothing',
    )
  }
  return {
    userProfiles: !isInObjects ? { kind: kind ?? 'off' } : users === null ? { kind: 'off' } : { kind, users },
    overrides: isOverriding ? users : null,
  }
}

const USERS = 'a Durable Object binding of the class UserShard'

function kindOfProfiles(text: string): UserProfiles['kind'] | null {
  return text === 'durable-object' || text === 'kv' || text === 'off' ? text : null
}

function isNamespace(value: unknown): value is UserNamespace {
  return typeof value === 'object' && value !== null && 'getByName' in value
}
