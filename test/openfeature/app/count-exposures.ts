import type { Hook } from '@openfeature/web-sdk'

/** Tells Turnout which variations a user has been shown, once each. */
export function countExposures(turnout: string, sdkKey: string): Hook {
  const counted = new Set<string>()
  return {
    after({ context: { targetingKey: userId, ...attributes } }, { flagKey, flagMetadata: { ruleKey, variationKey } }) {
      const shown = JSON.stringify([userId, flagKey, ruleKey, variationKey])
      if (ruleKey === undefined || counted.has(shown)) return
      counted.add(shown)
      const events = [{ type: 'exposure', flagKey, ruleKey, variationKey }]
      navigator.sendBeacon(`${turnout}/v1/events`, JSON.stringify({ key: sdkKey, userId, attributes, events }))
    },
  }
}
