import type { JsonValue } from '../../base/json.ts'
import type { FlagKey, VariableName, VariableType } from '../flag-types.ts'
import { useDecision } from './use-decision.ts'

/** What a variable comes back as: the type of its default, any JSON where the default is an object, an array or `null`. */
export type VariableLike<Default> = Default extends string
  ? string
  : Default extends number
    ? number
    : Default extends boolean
      ? boolean
      : JsonValue

/**
 * The value of a flag's variable; `otherwise` before it is known, where the flag or the variable does not exist, and where `typeof`
 * says that the value is not of the default's type.
 */
export function useVariable<
  Key extends FlagKey,
  Name extends VariableName<Key>,
  Default extends VariableType<Key, Name>,
>(flagKey: Key, name: Name, otherwise: Default): VariableLike<Default>
export function useVariable(flagKey: FlagKey, name: string, otherwise: JsonValue): JsonValue {
  return variableOf(useDecision(flagKey)?.variables ?? {}, name, otherwise)
}

function variableOf(
  variables: Readonly<Record<string, JsonValue | undefined>>,
  name: string,
  otherwise: JsonValue,
): JsonValue {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined
  return value !== undefined && typeof value === typeof otherwise ? value : otherwise
}
