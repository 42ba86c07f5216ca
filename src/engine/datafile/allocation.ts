import type { RuleEntry, TrafficEntry } from './datafile.ts'
import type { Allocation, Destination, Range, Variation } from './project.ts'

/** The entity that stands for "the bandit decides" in the allocation of a CMAB. */
const CMAB_ENTITY_ID = '$'

/**
 * Resolves each range to its variation, which the SDKs look up among the variations of the whole datafile.
 * An empty id is traffic that goes nowhere; an id that is not there is that too, with a reason of its own.
 */
export function compileAllocation(
  { cmab }: RuleEntry,
  ranges: readonly TrafficEntry[],
  variations: ReadonlyMap<string, Variation>,
): Allocation {
  if (cmab !== null) return cmabAllocation(cmab.trafficAllocation, variations)
  return ranges.map(({ entityId, endOfRange }): Range => {
    const variation = entityId === '' ? null : (variations.get(entityId) ?? null)
    return { endOfRange, destination: destinationOf(variation), dangling: entityId !== '' && variation === null }
  })
}

function cmabAllocation(endOfRange: number | null, variations: ReadonlyMap<string, Variation>): Allocation {
  if (endOfRange === null) return []
  return [{ endOfRange, destination: destinationOf(variations.get(CMAB_ENTITY_ID) ?? null), dangling: false }]
}

const NOWHERE: Destination = { kind: 'out' }

function destinationOf(variation: Variation | null): Destination {
  return variation === null ? NOWHERE : { kind: 'in', variation }
}
