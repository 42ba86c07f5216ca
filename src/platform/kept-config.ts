import type { RelayCalls } from '../events/notification-stream.ts'
import type { ObjectNamespace } from '../store/object-namespace.ts'
import type { UserShardCalls } from '../store/user-shard-calls.ts'
import { can, type Reader, readBinding, readFormed, readSwitch } from './read-env.ts'

/** What Durable Objects are asked to do. */
export interface KeptConfig {
  /** `USER_PROFILES` */
  readonly userProfiles: UserProfiles
  /** `OVERRIDES`; `null`: nobody is forced into a variation for longer than a request. */
  readonly overrides: UserNamespace | null
  /** `NOTIFICATIONS`; `null`: nobody is told what happens. */
  readonly relays: ObjectNamespace<RelayCalls> | null
}

type UserNamespace = ObjectNamespace<UserShardCalls>

/** With the binding `USERS`, where they are in Durable Objects. */
type UserProfiles = { readonly kind: 'off' | 'kv' } | { readonly kind: 'durable-object'; readonly users: UserNamespace }

/** Reads what is kept of users and told as it happens; a binding that is needed and missing is refused by name. */
export function readKeptConfig(reader: Reader): KeptConfig {
  const kind = readFormed(reader, 'USER_PROFILES', {
    parse: kindOfProfiles,
    expected: '"durable-object", "kv" or "off"',
  })
  const isOverriding = readSwitch(reader, 'OVERRIDES', false)
  const isInObjects = kind === 'durable-object'
  const reason = isInObjects ? 'USER_PROFILES is durable-object' : isOverriding ? 'OVERRIDES is on' : null
  const users = readNamespace<UserShardCalls>(reader, 'USERS', { className: 'UserShard', reason })
  const isNotifying = readSwitch(reader, 'NOTIFICATIONS', false)
  const relays = readNamespace<RelayCalls>(reader, 'NOTIFIER', {
    className: 'NotificationRelay',
    reason: isNotifying ? 'NOTIFICATIONS is on' : null,
  })
  return {
    userProfiles: !isInObjects ? { kind: kind ?? 'off' } : users === null ? { kind: 'off' } : { kind, users },
    overrides: isOverriding ? users : null,
    relays: isNotifying ? relays : null,
  }
}

function kindOfProfiles(text: string): UserProfiles['kind'] | null {
  return text === 'durable-object' || text === 'kv' || text === 'off' ? text : null
}

/** What a class of objects is needed for; `reason` is `null` where it is not. */
interface Need {
  readonly className: string
  readonly reason: string | null
}

function readNamespace<Calls>(
  reader: Reader,
  name: string,
  { className, reason }: Need,
): ObjectNamespace<Calls> | null {
  const expected = `a Durable Object binding of the class ${className}`
  // That it is bound to the right class shows when it is called.
  const is = can<ObjectNamespace<Calls>>('getByName')
  return readBinding(reader, name, { is, expected, needed: reason && `${expected}, as ${reason}` })
}
