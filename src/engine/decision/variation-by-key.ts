import type { Flag, Rule, Variation } from '../datafile/project.ts'

/** The variation of a rule with this key: the last of several, as in the SDK. */
export function variationOfRule({ variations }: Rule, key: string): Variation | undefined {
  for (let index = variations.length - 1; index >= 0; index--) {
    const variation = variations[index]
    if (variation?.key === key) return variation
  }
  return undefined
}

/**
 * The variation with this key among those of a flag's rules: of several the first in the SDK's order, which is
 * that of an object's keys (integer-like ids first, then as gathered). Only forced decisions and profiles that
 * name another rule's variation come here.
 */
export function variationOfFlag({ variations }: Flag, key: string): Variation | undefined {
  const byId: Record<string, Variation> = Object.create(null)
  for (const variation of variations) byId[variation.id] = variation
  return Object.values(byId).find((variation) => variation.key === key)
}
