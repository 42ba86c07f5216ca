/** Every key that the store uses in KV. docs/storage.md says what is under each. */

/** The datafile in force. */
export function datafileKey(sdkKey: string): string {
  return `datafile:${sdkKey}`
}

/** The second copy of the newest accepted datafile, for when the first cannot be read. */
export function lastGoodKey(sdkKey: string): string {
  return `last-good:${sdkKey}`
}

/** What is known of pulling the datafile from where it is published: small, and written when something changed. */
export function pulledKey(sdkKey: string): string {
  return `pulled:${sdkKey}`
}

/** A user's profile, where `USER_PROFILES` is `kv`. The user is known by a hash alone. */
export function profileKey(sdkKey: string, userSha256: string): string {
  return `profile:${sdkKey}:${userSha256}`
}

/** Whatever is under it, pages are the origin's everywhere. */
export const PAGES_OFF_KEY = 'pages:off'
