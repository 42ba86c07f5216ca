import { type JsonValue, parseJson } from '../../base/json.ts'
import type { FeatureFlagEntry, VariableEntry, VariationEntry } from './datafile.ts'
import { LIMITS } from './limits.ts'
import type { Flag, Variables } from './project.ts'

/** Variation id to the values that the variation sets, by variable id. */
export type VariableUsages = ReadonlyMap<string, ReadonlyMap<string, string>>

/** What each variation sets; of several variations with one id the last that sets anything counts. */
export function variableUsages(variations: readonly VariationEntry[]): VariableUsages {
  const usages = new Map<string, ReadonlyMap<string, string>>()
  for (const { id, variables } of variations) {
    if (variables !== null) usages.set(id, variables)
  }
  return usages
}

/**
 * The variables of a flag that is on in a variation, or off (`null`). They are cast when they are first asked for
 * and kept from then on: a fresh isolate, which answers for few of its flags, pays for those alone.
 */
export function compileVariables(entry: FeatureFlagEntry, usages: VariableUsages): Flag['variables'] {
  const byVariation = new Map<string, Variables>()
  let defaults: Variables | null = null
  return (variation) => {
    defaults ??= frozen(entry, ({ type, defaultValue }) => castVariable(type, defaultValue))
    if (variation === null) return defaults
    const known = byVariation.get(variation.id)
    if (known !== undefined) return known
    const variables = variablesWith(entry, defaults, usages.get(variation.id))
    byVariation.set(variation.id, variables)
    return variables
  }
}

function variablesWith(
  entry: FeatureFlagEntry,
  defaults: Variables,
  values: ReadonlyMap<string, string> | undefined,
): Variables {
  if (values === undefined || values.size === 0) return defaults
  return frozen(entry, ({ id, key, type }) => {
    const value = values.get(id)
    return value === undefined ? defaults[key] : castVariable(type, value)
  })
}

/**
 * Casts as the SDKs do: `12.9abc` is the integer 12, `1.5x` the double 1.5, `TRUE` no boolean. What cannot be
 * cast is `null`; a type that is not known leaves the text as it is.
 */
function castVariable(type: string, text: string): JsonValue {
  switch (type) {
    case 'boolean':
      return text === 'true' || text === 'false' ? text === 'true' : null
    case 'integer':
      return numberOrNull(Number.parseInt(text, 10))
    case 'double':
      return numberOrNull(Number.parseFloat(text))
    case 'json': {
      const parsed = parseJson(text, { maxDepth: LIMITS.depth })
      return parsed.ok ? deepFrozen(parsed.value) : null
    }
    default:
      return text
  }
}

function numberOrNull(number: number): number | null {
  return Number.isNaN(number) ? null : number
}

const NO_VARIABLES: Variables = Object.freeze({})

/** `__proto__` has to become a property of its own, which an assignment would not make of it. */
function frozen({ variables }: FeatureFlagEntry, read: (variable: VariableEntry) => JsonValue | undefined): Variables {
  if (variables.length === 0) return NO_VARIABLES
  return Object.freeze(Object.fromEntries(variables.map((variable) => [variable.key, read(variable)])))
}

/** Recursion is bounded: the value was parsed with a limit of depth. */
function deepFrozen(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  for (const item of Object.values(value)) deepFrozen(item)
  return Object.freeze(value)
}
