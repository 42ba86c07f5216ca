/** Every key that the store uses in KV. docs/storage.md says what is under each. */

/** The datafile in force. */
export function datafileKey(sdkKey: string): string {
  return `datafile:${sdkKey}`
}

/** The second copy of the newest accepted datafile, for when the first cannot be read. */
export function lastGoodKey(sdkKey: string): string {
  return `last-good:${sdkKey}`
}
