import { reasonOf } from '../../base/reason.ts'
import type { UserContext, UserProfile } from '../../engine/index.ts'
import type { Overrides } from '../../store/override-store.ts'
import type { AgentRequest } from './agent-route.ts'

/**
 * The user with what is kept of them: their profile and overrides. What cannot be read is in the log, and the user is
 * decided without it; then nothing is kept either, so that no profile is written over one that was not seen.
 */
export async function userWithKept(
  user: UserContext,
  { sdkKey, api: { profiles, overrides, log } }: Pick<AgentRequest, 'sdkKey' | 'api'>,
): Promise<UserContext> {
  if (profiles === null && overrides === null) return user
  const [profile, forced] = await Promise.all([
    profiles?.read(sdkKey, user.userId).then((known) => known ?? NEW_USER, logged('profile_unread')),
    overrides?.read(sdkKey, user.userId).catch(logged('overrides_unread')),
  ])
  return { ...user, ...(profile === undefined ? {} : { profile }), ...(forced?.size ? { overrides: forced } : {}) }

  function logged(code: string): (cause: unknown) => undefined {
    return (cause) => {
      log({ level: 'error', code, message: reasonOf(cause) })
      return undefined
    }
  }
}

const NEW_USER: UserProfile & Overrides = new Map()

/**
 * Keeps what deciding changed in a user's profile (`null`: nothing), and no more, as somebody else may have added to what
 * is kept in the meantime. A failure is in the log: the decision stands.
 */
export async function keepProfile(
  changed: UserProfile | null,
  { userId, profile }: UserContext,
  { sdkKey, api: { profiles, log } }: Pick<AgentRequest, 'sdkKey' | 'api'>,
): Promise<void> {
  if (changed === null || profiles === null) return
  const assignments = [...changed].filter(([experimentId, id]) => profile?.get(experimentId) !== id)
  try {
    await profiles.assign(sdkKey, userId, new Map(assignments))
  } catch (cause) {
    log({ level: 'error', code: 'profile_unsaved', message: reasonOf(cause) })
  }
}
