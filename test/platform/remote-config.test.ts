import { describe, expect, test } from 'vitest'
import { type ConfigIssue, readerOf } from '../../src/platform/read-env.ts'
import { readRemoteConfig } from '../../src/platform/remote-config.ts'

function read(env: object) {
  const issues: ConfigIssue[] = []
  return { config: readRemoteConfig(readerOf(env, issues)), issues }
}

describe('CMAB_URL', () => {
  test.each([
    [{}, 'https://prediction.cmab.optimizely.com/predict/5%2F5'],
    [{ CMAB_URL: 'https://bandits.example/%s/predict' }, 'https://bandits.example/5%2F5/predict'],
    [{ CMAB_URL: 'http://localhost:3000/%s' }, 'http://localhost:3000/5%2F5'],
  ])('with %j a rule is asked about at its own URL', (env, url) => {
    const { config, issues } = read(env)
    expect([config.cmabUrlOf('5/5'), issues]).toEqual([url, []])
  })

  test.each(['https://bandits.example/', 'http://bandits.example/%s', 'https://%s.example/', '%s'])(
    'refuses %s',
    (url) => {
      expect(read({ CMAB_URL: url }).issues).toMatchObject([{ name: 'CMAB_URL' }])
    },
  )

  test('refuses a password, and does not show it', () => {
    const { issues } = read({ CMAB_URL: 'https://a:b@c.example/%s' })
    expect(issues).toMatchObject([{ name: 'CMAB_URL', found: '"https://…@c.example/%s"' }])
  })
})

describe('ODP_URL', () => {
  test.each([
    ['https://odp.example', 'https://odp.example'],
    ['https://odp.example/base//', 'https://odp.example/base'],
    ['http://127.0.0.1:3000/', 'http://127.0.0.1:3000'],
  ])('%s is asked at %s', (ODP_URL, odpUrl) => {
    const { config, issues } = read({ ODP_URL })
    expect([config.odpUrl, issues]).toEqual([odpUrl, []])
  })

  test.each(['odp.example', 'http://odp.example', 'https://a:b@odp.example', 'https://odp.example/?a', 'javascript:1'])(
    'refuses %s',
    (url) => {
      expect(read({ ODP_URL: url }).issues).toMatchObject([{ name: 'ODP_URL' }])
    },
  )
})
