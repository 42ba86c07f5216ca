import { describe, expect, test } from 'vitest'
import { readAgentConfig } from '../../src/platform/agent-config.ts'
import { readWarnings } from '../../src/platform/config-warnings.ts'
import { readKeptConfig } from '../../src/platform/kept-config.ts'
import { type ConfigIssue, readerOf } from '../../src/platform/read-env.ts'

const OBJECTS = { getByName: () => ({}) }
const SECRET = { AGENT_JWT_SECRET: 's'.repeat(32) }
const ALL = { NOTIFICATIONS: 'on', NOTIFIER: OBJECTS, OVERRIDES: 'on', USER_PROFILES: 'durable-object', USERS: OBJECTS }

function read(env: object) {
  const issues: ConfigIssue[] = []
  const reader = readerOf(env, issues)
  return { warnings: readWarnings(reader, { ...readAgentConfig(reader), ...readKeptConfig(reader) }), issues }
}

describe('what anybody reaches who has the SDK key', () => {
  test.each([
    [{ NOTIFICATIONS: 'on', NOTIFIER: OBJECTS }, 'NOTIFICATIONS'],
    [{ OVERRIDES: 'on', USERS: OBJECTS }, 'OVERRIDES'],
    [{ USER_PROFILES: 'kv' }, 'USER_PROFILES'],
    [{ USER_PROFILES: 'durable-object', USERS: OBJECTS }, 'USER_PROFILES'],
    [ALL, 'NOTIFICATIONS, OVERRIDES, USER_PROFILES'],
    [{ ...ALL, AGENT_OPEN: 'off' }, 'NOTIFICATIONS, OVERRIDES, USER_PROFILES'],
  ])('of %j is warned of by name, with what to do', (env, variables) => {
    const message = expect.stringMatching(/AGENT_JWT_SECRET.*AGENT_OPEN=on/)
    expect(read(env)).toEqual({ warnings: [{ code: 'agent_open', variables, message }], issues: [] })
  })

  test.each([
    ['is nothing', {}],
    ['is bound and not asked for', { USERS: OBJECTS, NOTIFIER: OBJECTS }],
    ['wants a token', { ...ALL, ...SECRET }],
    ['is meant to be reached', { ...ALL, AGENT_OPEN: 'on' }],
  ])('and %s is not warned of', (_, env) => {
    expect(read(env)).toEqual({ warnings: [], issues: [] })
  })

  test('is not said to be meant by another word', () => {
    expect(read({ AGENT_OPEN: 'true' }).issues).toEqual([
      { name: 'AGENT_OPEN', expected: '"on" or "off"', found: '"true"' },
    ])
  })
})
