import type { FlagKey } from '../flag-types.ts'
import { useDecision } from './use-decision.ts'

/** Whether the flag is on for the user; `otherwise`, which is false unless told, before that is known and for a flag that does not exist. */
export function useFlag(flagKey: FlagKey, otherwise = false): boolean {
  return useDecision(flagKey)?.enabled ?? otherwise
}
