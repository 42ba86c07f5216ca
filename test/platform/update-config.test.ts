import { describe, expect, it } from 'vitest'
import type { ConfigIssue } from '../../src/platform/read-env.ts'
import { readerOf } from '../../src/platform/read-env.ts'
import { readUpdateConfig } from '../../src/platform/update-config.ts'

const URL_OF = 'https://cdn.example/datafiles/%s.json'

function read(env: object, sdkKey: string | null = null) {
  const issues: ConfigIssue[] = []
  return { settings: readUpdateConfig(readerOf(env, issues), sdkKey), issues }
}

function projects(value: unknown): object {
  return { DATAFILE_URL: URL_OF, WEBHOOK_PROJECTS: JSON.stringify(value) }
}

describe('where datafiles are pulled from', () => {
  it('is nowhere unless told', () => {
    expect(read({})).toEqual({ settings: null, issues: [] })
  })

  it.each([
    [URL_OF, 'https://cdn.example/datafiles/a%2Fb.json'],
    ['https://cdn.example/%s', 'https://cdn.example/a%2Fb'],
    ['https://cdn.example/?key=%s&x=1', 'https://cdn.example/?key=a%2Fb&x=1'],
    ['http://localhost:8080/%s', 'http://localhost:8080/a%2Fb'],
    ['http://[::1]:8080/%s', 'http://[::1]:8080/a%2Fb'],
  ])('%s has the key in it', (template, url) => {
    expect(read({ DATAFILE_URL: template }).settings?.urlOf('a/b')).toBe(url)
  })

  it.each([
    'https://cdn.example/datafiles.json',
    'https://cdn.example/%s/%s',
    'https://%s.example/',
    'https://%s/',
    'http://cdn.example/%s',
    'ftp://cdn.example/%s',
    'HTTPS://cdn.example%s',
    'https://cdn.example/key.json#%s',
    'https://cdn.example/%s/../datafile.json',
    '/%s',
    '%s',
  ])('%s is refused, by name', (template) => {
    expect(read({ DATAFILE_URL: template }).issues).toEqual([
      { name: 'DATAFILE_URL', expected: 'an https URL with %s for the SDK key', found: JSON.stringify(template) },
    ])
  })

  it.each([
    ['https://user:pass@cdn.example/%s', 'https://…@cdn.example/%s'],
    ['https://user:pa/ss@cdn.example/%s', 'https://…@cdn.example/%s'],
    ['https://cdn.example/datafile?token=pass', 'https://cdn.example/datafile?…'],
    ['http://u:pass@cdn.example/%s?token=pass', 'http://…@cdn.example/%s?…'],
  ])('%s is refused without its secret', (template, shown) => {
    expect(read({ DATAFILE_URL: template }).issues).toMatchObject([{ found: JSON.stringify(shown) }])
  })

  it('is a token of visible ASCII', () => {
    expect(read({ DATAFILE_URL: URL_OF, DATAFILE_TOKEN: 'to ken' }).issues).toMatchObject([{ name: 'DATAFILE_TOKEN' }])
  })
})

describe('who may announce', () => {
  it('is a project with a secret, or two of them', () => {
    const { settings } = read(
      projects({ 42: { secret: 's', sdkKeys: ['a', 'b'] }, 43: { secret: ['s', 't'], sdkKeys: ['a'] } }),
      'own',
    )
    expect([...(settings?.projects ?? [])]).toEqual([
      ['42', { secrets: ['s'], sdkKeys: ['a', 'b'] }],
      ['43', { secrets: ['s', 't'], sdkKeys: ['a'] }],
    ])
    expect(settings?.sdkKeys).toEqual(['own', 'a', 'b'])
  })

  it.each([
    ['an array', []],
    ['a text', 'x'],
    ['a project that is null', { 42: null }],
    ['no secret', { 42: { sdkKeys: ['a'] } }],
    ['an empty secret', { 42: { secret: '', sdkKeys: ['a'] } }],
    ['three secrets', { 42: { secret: ['a', 'b', 'c'], sdkKeys: ['a'] } }],
    ['a number for a secret', { 42: { secret: 5, sdkKeys: ['a'] } }],
    ['no keys', { 42: { secret: 's', sdkKeys: [] } }],
    ['a key that is none', { 42: { secret: 's', sdkKeys: ['a b'] } }],
    ['21 keys', { 42: { secret: 's', sdkKeys: Array.from({ length: 21 }, (_, index) => `k${index}`) } }],
  ])('%s is refused, and nothing of it is shown', (_, value) => {
    const { issues } = read(projects(value))
    expect(issues).toMatchObject([{ name: 'WEBHOOK_PROJECTS', found: 'something else' }])
  })

  it('needs to be told where from', () => {
    const { issues } = read({ WEBHOOK_PROJECTS: JSON.stringify({ 42: { secret: 's', sdkKeys: ['a'] } }) })
    expect(issues).toMatchObject([{ name: 'DATAFILE_URL', found: 'nothing' }])
  })

  it('keeps to what is written, also under names that objects have', () => {
    const text = '{"__proto__":{"secret":"s","sdkKeys":["a"]}}'
    const { settings } = read({ DATAFILE_URL: URL_OF, WEBHOOK_PROJECTS: text })
    expect([...(settings?.projects.keys() ?? [])]).toEqual(['__proto__'])
  })
})
