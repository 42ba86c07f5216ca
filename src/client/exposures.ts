import type { EventSender } from './event-sender.ts'
import type { Slot } from './slot.ts'
import type { Snapshot } from './store.ts'

/** Counts what is shown: each user, flag, rule and variation once, for as long as the slot lasts and otherwise the store. */
export function createExposures(sender: EventSender, slot: Slot): (flagKey: string, shown: Snapshot) => void {
  const kept = slot.read()
  const counted = new Set<unknown>(Array.isArray(kept) ? kept : [])
  return (flagKey, { user, decisions }) => {
    const decision = decisions[flagKey]
    if (!decision) return
    const { ruleKey, variationKey } = decision
    const name = JSON.stringify([user.userId, flagKey, ruleKey, variationKey])
    if (counted.has(name)) return
    counted.add(name)
    slot.write([...counted])
    sender.add(user, { type: 'exposure', flagKey, ruleKey, variationKey })
  }
}
