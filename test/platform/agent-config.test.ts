import { describe, expect, test } from 'vitest'
import { readAgentConfig } from '../../src/platform/agent-config.ts'
import { type ConfigIssue, readerOf } from '../../src/platform/read-env.ts'

const SECRET = 'x'.repeat(32)
const SHA256 = 'Ab'.repeat(32)

function read(env: object) {
  const issues: ConfigIssue[] = []
  const { agentAuth } = readAgentConfig(readerOf(env, issues))
  return { agentAuth, issues }
}

describe('AGENT_AUTH and AGENT_JWT_SECRET', () => {
  test('ask nobody for a token where neither is set', () => {
    expect(read({})).toEqual({ agentAuth: null, issues: [] })
  })

  test('say who may have tokens of us', () => {
    const AGENT_AUTH = `{"app":{"secretSha256":"${SHA256}","sdkKeys":["shop","demo"]},"__proto__":{"secretSha256":"${SHA256}","sdkKeys":["x"]}}`
    expect(read({ AGENT_JWT_SECRET: SECRET, AGENT_AUTH, AGENT_TOKEN_SECONDS: '60' })).toEqual({
      agentAuth: {
        clients: new Map([
          ['app', { secretSha256: SHA256.toLowerCase(), sdkKeys: ['shop', 'demo'] }],
          ['__proto__', { secretSha256: SHA256.toLowerCase(), sdkKeys: ['x'] }],
        ]),
        jwtSecret: SECRET,
        tokenSeconds: 60,
      },
      issues: [],
    })
  })

  test('take tokens of others where there is only a secret', () => {
    expect(read({ AGENT_JWT_SECRET: SECRET })).toEqual({
      agentAuth: { clients: new Map(), jwtSecret: SECRET, tokenSeconds: 1_800 },
      issues: [],
    })
  })

  test('are refused without a secret to sign with', () => {
    expect(read({ AGENT_AUTH: '{}' })).toEqual({
      agentAuth: null,
      issues: [{ name: 'AGENT_JWT_SECRET', expected: 'to be set where AGENT_AUTH is', found: 'nothing' }],
    })
  })

  test('are refused with one that is short, which is not shown', () => {
    expect(read({ AGENT_JWT_SECRET: 'too-short' }).issues).toEqual([
      { name: 'AGENT_JWT_SECRET', expected: 'at least 32 characters', found: '9' },
    ])
  })

  test.each([
    'no JSON',
    '[]',
    '5',
    'null',
    '{"app":null}',
    '{"app":[]}',
    '{"":{"secretSha256":"HASH","sdkKeys":["shop"]}}',
    '{"app":{"sdkKeys":["shop"]}}',
    '{"app":{"secretSha256":5,"sdkKeys":["shop"]}}',
    '{"app":{"secretSha256":"the secret itself","sdkKeys":["shop"]}}',
    '{"app":{"secretSha256":"HASH0","sdkKeys":["shop"]}}',
    '{"app":{"secretSha256":"HASH"}}',
    '{"app":{"secretSha256":"HASH","sdkKeys":"shop"}}',
    '{"app":{"secretSha256":"HASH","sdkKeys":[]}}',
    '{"app":{"secretSha256":"HASH","sdkKeys":["shop",5]}}',
    '{"app":{"secretSha256":"HASH","sdkKeys":["sh op"]}}',
  ])('refuse %s without showing it', (text) => {
    const { issues } = read({ AGENT_JWT_SECRET: SECRET, AGENT_AUTH: text.replace('HASH', SHA256) })
    expect(issues).toMatchObject([{ name: 'AGENT_AUTH', found: 'something else' }])
  })

  test.each([
    ['59', 'a whole number from 60 to 86400'],
    ['86401', 'a whole number from 60 to 86400'],
  ])('AGENT_TOKEN_SECONDS = %s is refused', (seconds, expected) => {
    expect(read({ AGENT_TOKEN_SECONDS: seconds }).issues).toMatchObject([{ name: 'AGENT_TOKEN_SECONDS', expected }])
  })
})
