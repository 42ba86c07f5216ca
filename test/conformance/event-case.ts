import type { Question } from './case.ts'

/** Something that may count, asked of both sides. */
export type EventQuestion =
  | { readonly kind: 'decide'; readonly question: Question; readonly isDisabled: boolean }
  | { readonly kind: 'activate'; readonly experimentKey: string; readonly user: EventUser }
  | {
      readonly kind: 'track'
      readonly eventKey: string
      readonly user: EventUser
      readonly tags: EventTags | undefined
    }

export interface EventUser {
  readonly userId: string
  readonly attributes: Readonly<Record<string, unknown>>
}

export type EventTags = Readonly<Record<string, unknown>>

/** What is sent for one question: requests with their bodies, in which uuids and times are the same on both sides. */
export type Sent =
  | { readonly kind: 'sent'; readonly requests: readonly SentRequest[] }
  /** The flags that were asked for could not be decided: a known difference of decisions. */
  | { readonly kind: 'threw' }

export interface SentRequest {
  readonly url: string
  /** JSON, to the order of its fields. */
  readonly body: string
}

export type LoadedSender =
  | { readonly kind: 'loaded'; readonly send: (asked: EventQuestion) => Sent }
  | { readonly kind: 'refused' }

/** The text of a body with what is new each time set aside. */
export function comparable(body: string): string {
  return JSON.stringify(JSON.parse(body, withoutOccurrence))
}

function withoutOccurrence(key: string, value: unknown): unknown {
  if (key === 'uuid' && typeof value === 'string' && UUID.test(value)) return 'a uuid'
  return key === 'timestamp' && Number.isSafeInteger(value) ? 'a time' : value
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
