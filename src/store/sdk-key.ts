const SDK_KEY = /^[A-Za-z0-9+/=_-]{1,64}$/

/**
 * The SDK key that a text is, or `null`. 1 to 64 letters, digits and `+/=_-`: what Optimizely hands out and what
 * people choose, short enough for a KV key, and without the `:` that separates the parts of one.
 */
export function parseSdkKey(text: string): string | null {
  return SDK_KEY.test(text) ? text : null
}
