import type { Attributes } from '../engine/index.ts'
import type { FoundDatafile } from '../store/datafile-store.ts'
import type { DecisionRequest } from './decision-request.ts'

/** What a request may have repeated of a user's attributes, in code units: an isolate's 128 MB are everybody's. */
const MOST_UNITS = 8_388_608

/** Whether so many decisions, or their events, would repeat more of a user's attributes than one request may cause. */
export function repeatsTooMuch(attributes: Attributes, times: number): boolean {
  return times * JSON.stringify(attributes).length > MOST_UNITS
}

/** The same for a request that may ask for every flag; with the flags that it may name it stays far below. */
export function asksForTooMuch({ features, attributes }: DecisionRequest, { datafile }: FoundDatafile): boolean {
  return features === 'all' && repeatsTooMuch(attributes, datafile.project.flags.size)
}
