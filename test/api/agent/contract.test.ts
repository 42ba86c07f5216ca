import { describe, expect, test } from 'vitest'
import type { Api } from '../../../src/api/api.ts'
import type { UserEvent } from '../../../src/events/event.ts'
import { sha256Hex } from '../../../src/store/sha256.ts'
import { startAgent } from '../../support/agent-service.ts'
import { createMemoryOverrideStore } from '../../support/memory-override-store.ts'
import { createMemoryProfileStore } from '../../support/memory-profile-store.ts'
import { shopDatafile } from '../../support/shop-datafile.ts'

/**
 * The contract with clients of the Agent: each file of `contract` is a route, with requests and the answers to them, byte
 * for byte (source: the Agent's handlers and acceptance tests, where they say). The steps of a case share a service, cases
 * do not.
 */
interface Contract {
  readonly about: string
  readonly settings?: Settings
  readonly cases: readonly ContractCase[]
}

interface Settings {
  readonly profiles?: boolean
  readonly overrides?: boolean
  readonly auth?: boolean
  readonly notifications?: boolean
  readonly odp?: 'sent' | 'not_integrated'
  readonly segments?: readonly string[]
  readonly batchLimit?: number
  readonly datafileRoutes?: boolean
}

interface ContractCase {
  readonly name: string
  readonly steps: readonly Step[]
}

interface Step {
  /** `POST` where there is a body, else `GET`; a header that is `null` is left out. */
  readonly ask: {
    readonly method?: string
    readonly path: string
    readonly headers?: Readonly<Record<string, string | null>>
    readonly body?: unknown
    readonly text?: string
    /** A body of so many spaces. */
    readonly bytes?: number
  }
  readonly answer: {
    readonly status: number
    readonly text?: string
    /** Where a text would hold what differs each time: compared with `toMatchObject`. */
    readonly json?: unknown
    readonly headers?: Readonly<Record<string, string | null>>
  }
  /** What was recorded; absent: nothing. */
  readonly events?: readonly string[]
}

const FILES = import.meta.glob<Contract>('./contract/*.json', { import: 'default', eager: true })

describe.each(Object.entries(FILES))('%s', (_, { settings = {}, cases }) => {
  test.each(cases.map((each) => [each.name, each.steps] as const))('%s', async (_name, steps) => {
    const { ask, events } = startAgent(DATAFILE, await portsOf(settings))
    for (const step of steps) {
      const response = await ask(step.ask.path, initOf(step.ask))
      expect(await toldOf(response, step.answer)).toEqual(expectedOf(step.answer))
      expect(events.splice(0).map(eventText)).toEqual(step.events ?? [])
    }
  })
})

const DATAFILE = shopDatafile({ events: [{ id: 'ev1', key: 'bought', experimentIds: [] }] })

async function portsOf(settings: Settings): Promise<Partial<Api>> {
  const { profiles, overrides, auth, notifications, odp, segments, batchLimit, datafileRoutes } = settings
  return {
    ...(profiles ? { profiles: createMemoryProfileStore() } : {}),
    ...(overrides ? { overrides: createMemoryOverrideStore() } : {}),
    ...(auth ? { agentAuth: await shopAuth() } : {}),
    ...(notifications ? { notifications: { open: openStream, publish: () => {} } } : {}),
    ...(odp ? { odp: { send: async () => odp } } : {}),
    ...(segments ? { segments: { fetch: async () => segments } } : {}),
    ...(batchLimit ? { batchLimit } : {}),
    ...(datafileRoutes === undefined ? {} : { datafileRoutes }),
  }
}

/** Says what it was asked for. */
const openStream: NonNullable<Api['notifications']>['open'] = async (sdkKey, { types, isRaw }) =>
  new Response(`${sdkKey} ${[...types].join('+')} ${isRaw ? 'raw' : 'events'}`)

async function shopAuth(): Promise<NonNullable<Api['agentAuth']>> {
  const clients = new Map([['shop-app', { secretSha256: await sha256Hex('right-secret'), sdkKeys: ['shop'] }]])
  return { clients, jwtSecret: 'a secret of more than 32 characters', tokenSeconds: 1_800 }
}

function initOf({ method, headers = {}, body, bytes = 0, text = ' '.repeat(bytes) }: Step['ask']) {
  const sent = text || JSON.stringify(body)
  const usual = { 'X-Optimizely-SDK-Key': 'shop', 'Content-Type': 'application/json', 'X-Request-Id': 'r1' }
  const fields = Object.entries({ ...usual, ...headers }).filter(
    (field): field is [string, string] => field[1] !== null,
  )
  const usualMethod = sent === undefined ? 'GET' : 'POST'
  return { method: method ?? usualMethod, headers: fields, ...(sent === undefined ? {} : { body: sent }) }
}

async function toldOf(response: Response, { headers = {}, json }: Step['answer']) {
  const text = await response.text()
  const named = Object.keys(headers).map((name) => [name, response.headers.get(name)])
  return {
    status: response.status,
    headers: Object.fromEntries(named),
    body: json === undefined ? text : JSON.parse(text),
  }
}

function expectedOf({ status, headers = {}, text, json }: Step['answer']) {
  return { status, headers, body: json === undefined ? text : expect.objectContaining(json) }
}

function eventText(event: UserEvent): string {
  const { userId, attributes } = event
  const user = `${userId} ${JSON.stringify(attributes)}`
  if (event.kind === 'conversion')
    return `conversion ${event.eventKey} ${event.eventId} ${user} ${JSON.stringify(event.tags)}`
  const { source, flagKey, rule, variation, enabled } = event
  return `impression ${source} ${flagKey || '-'} ${rule?.key} ${variation?.key} ${enabled ? 'on' : 'off'} ${user}`
}
