import type { JsonValue } from '../../base/json.ts'
import type { UserContext } from '../decision/user-context.ts'

/** `null` is unknown: an attribute is missing, or of a type that the condition cannot compare. */
export type Ternary = boolean | null

/** A condition, or a tree of them, compiled. */
export type Test<Subject> = (subject: Subject) => Ternary
export type UserTest = Test<UserContext>

/** A tree of conditions over leaves of one kind. */
export type ConditionTree<Leaf> =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly ConditionTree<Leaf>[] }
  /** Only the first operand of a `not` counts; without one it is unknown. */
  | { readonly kind: 'not'; readonly operand: ConditionTree<Leaf> | null }
  | { readonly kind: 'leaf'; readonly leaf: Leaf }

/** What an audience asks of a user. */
export type Condition =
  | {
      readonly kind: 'attribute'
      readonly name: string
      /** Absent means `exact`; a value that is no match type makes the condition unknown. */
      readonly match: JsonValue | undefined
      readonly value: JsonValue | undefined
    }
  | { readonly kind: 'segment'; readonly value: JsonValue | undefined }
  /** A type that the SDKs do not know either, such as the legacy `custom_dimension`; `null`: it is nothing that could have one. */
  | { readonly kind: 'unknown'; readonly type: string | null }

/** The id of an audience, as rules refer to it. */
export type AudienceReference = string
