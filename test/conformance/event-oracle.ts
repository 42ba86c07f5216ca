/** What the SDK sends for a question, behind the same interface as what is sent here. */
import * as sdk from '@optimizely/optimizely-sdk/universal'
import { comparable, type EventQuestion, type LoadedSender, type Sent, type SentRequest } from './event-case.ts'
import { contextOf, createClient, decisionsFor, isNotReady, type ProfileStore, sdkOptions } from './oracle.ts'

/** Under which name the SDK sends, and has to be sent here to be compared. */
export const SDK_CLIENT = { name: 'javascript-sdk', version: '6.6.1' }

interface Client {
  readonly client: sdk.Client
  readonly store: ProfileStore
}

export function loadEventOracle(datafile: string): LoadedSender {
  const requests: SentRequest[] = []
  const store: ProfileStore = { stored: undefined, saved: null }
  const eventProcessor = sdk.createForwardingEventProcessor({
    dispatchEvent: async ({ url, params }) => {
      requests.push({ url, body: comparable(JSON.stringify(params)) })
      return {}
    },
  })
  let client: sdk.Client
  try {
    client = createClient(datafile, store, eventProcessor)
  } catch {
    return { kind: 'refused' }
  }
  if (isNotReady(client)) return { kind: 'refused' }
  return { kind: 'loaded', send: (asked) => sendWith({ client, store }, asked, requests) }
}

function sendWith({ client, store }: Client, asked: EventQuestion, requests: SentRequest[]): Sent {
  requests.length = 0
  store.stored = asked.kind === 'decide' ? asked.question.user.profile : undefined
  try {
    ask(client, asked)
  } catch {
    return { kind: 'threw' }
  }
  return { kind: 'sent', requests: [...requests] }
}

function ask(client: sdk.Client, asked: EventQuestion): void {
  switch (asked.kind) {
    case 'decide': {
      const { user, ask, options } = asked.question
      const chosen = sdkOptions(options).filter((option) => asked.isDisabled || option !== DISABLED)
      decisionsFor(contextOf(client, user), ask, chosen)
      return
    }
    case 'activate':
      client.activate(asked.experimentKey, asked.user.userId, attributesOf(asked))
      return
    case 'track':
      client.track(asked.eventKey, asked.user.userId, attributesOf(asked), tagsOf(asked))
  }
}

const DISABLED = sdk.OptimizelyDecideOption.DISABLE_DECISION_EVENT

/** Values of types that the SDK's own do not allow are among what is compared; a copy, because it changes what it gets. */
export function attributesOf({ user }: Exclude<EventQuestion, { kind: 'decide' }>): sdk.UserAttributes {
  return structuredClone(user.attributes) as sdk.UserAttributes
}

export function tagsOf({ tags }: Extract<EventQuestion, { kind: 'track' }>): sdk.EventTags | undefined {
  return structuredClone(tags) as sdk.EventTags | undefined
}
