import { describe, expect, test } from 'vitest'
import { readKeptConfig } from '../../src/platform/kept-config.ts'
import { type ConfigIssue, readerOf } from '../../src/platform/read-env.ts'

const USERS = { getByName: () => ({}) }

function read(env: object) {
  const issues: ConfigIssue[] = []
  return { config: readKeptConfig(readerOf(env, issues)), issues }
}

describe('what is kept of users', () => {
  test.each([
    [{}, { userProfiles: { kind: 'off' }, overrides: null }],
    [{ USER_PROFILES: '' }, { userProfiles: { kind: 'off' }, overrides: null }],
    [
      { USER_PROFILES: 'off', USERS },
      { userProfiles: { kind: 'off' }, overrides: null },
    ],
    [{ USER_PROFILES: 'kv' }, { userProfiles: { kind: 'kv' }, overrides: null }],
    [
      { USER_PROFILES: 'durable-object', USERS },
      { userProfiles: { kind: 'durable-object', users: USERS }, overrides: null },
    ],
    [
      { OVERRIDES: 'on', USERS },
      { userProfiles: { kind: 'off' }, overrides: USERS },
    ],
    [
      { NOTIFICATIONS: 'on', NOTIFIER: USERS },
      { userProfiles: { kind: 'off' }, overrides: null, relays: USERS },
    ],
    [{ NOTIFIER: USERS }, { userProfiles: { kind: 'off' }, overrides: null }],
    [{ OVERRIDES: 'off' }, { userProfiles: { kind: 'off' }, overrides: null }],
  ])('takes %j', (env, config) => {
    expect(read(env)).toEqual({ config: { relays: null, ...config }, issues: [] })
  })

  test.each([
    [{ USER_PROFILES: 'durable-object' }, 'USERS', 'nothing'],
    [{ OVERRIDES: 'on' }, 'USERS', 'nothing'],
    [{ USER_PROFILES: 'durable-object', USERS: 'shard' }, 'USERS', 'string'],
    [{ USER_PROFILES: 'durable-object', USERS: null }, 'USERS', 'null'],
    [{ USER_PROFILES: 'cookie' }, 'USER_PROFILES', '"cookie"'],
    [{ NOTIFICATIONS: 'on' }, 'NOTIFIER', 'nothing'],
    [{ NOTIFICATIONS: 'on', NOTIFIER: 5 }, 'NOTIFIER', 'number'],
    [{ OVERRIDES: 'true' }, 'OVERRIDES', '"true"'],
  ])('refuses %j by name, once', (env, name, found) => {
    expect(read(env).issues).toEqual([{ name, expected: expect.any(String), found }])
  })
})
