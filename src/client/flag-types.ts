/** What is known of a project's flags at compile time. */

import type { JsonValue } from '../base/json.ts'
import type { ClientDecision } from './store.ts'

/**
 * The project's flags by key, as `turnout types` writes them: `{ checkout: { variables: { steps: number }; variations: 'a' | 'b' } }`.
 * Empty until then, and while it is empty every key, name and type is allowed.
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps fill it by declaration merging
export interface FlagTypes {}

type KnownKey = keyof FlagTypes & string

/** A flag that there is. */
export type FlagKey = [KnownKey] extends [never] ? string : KnownKey

type FlagType<Key> = Key extends keyof FlagTypes ? FlagTypes[Key] : { variables: Record<string, unknown> }

type VariablesOf<Key> = FlagType<Key> extends { variables: infer Variables } ? Variables : never

/** A variable that the flag has. */
export type VariableName<Key extends FlagKey> = keyof VariablesOf<Key> & string

/** What the variable holds: a string, a number, a boolean, or any JSON. */
export type VariableType<Key extends FlagKey, Name extends VariableName<Key>> = VariablesOf<Key>[Name] extends JsonValue
  ? VariablesOf<Key>[Name]
  : JsonValue

/** A variation that the flag's rules may decide, as of the datafile that the types were made from. */
export type VariationKey<Key extends FlagKey> =
  FlagType<Key> extends { variations: infer Variation } ? Variation : string

/**
 * A decision whose flag is known. The names are checked when it is compiled; the values are as they came, because a newer datafile
 * may decide what the types know nothing of.
 */
export interface Decision<Key extends FlagKey> extends Omit<ClientDecision, 'variationKey' | 'variables'> {
  readonly variationKey: VariationKey<Key> | null
  readonly variables: { readonly [Name in VariableName<Key>]?: JsonValue | undefined }
}
