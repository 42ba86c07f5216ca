import type { JsonStructure } from '../../protocol/binding.ts'

/** A type that a flag's value is asked for as. */
export interface ValueType<Value> {
  readonly name: string
  is(value: unknown): value is Value
}

export const BOOLEAN: ValueType<boolean> = { name: 'boolean', is: (value) => typeof value === 'boolean' }
export const STRING: ValueType<string> = { name: 'string', is: (value) => typeof value === 'string' }
export const NUMBER: ValueType<number> = { name: 'number', is: (value) => typeof value === 'number' }
/** Arrays too, as in OpenFeature. */
export const OBJECT: ValueType<JsonStructure> = {
  name: 'object',
  is: (value): value is JsonStructure => typeof value === 'object' && value !== null,
}
