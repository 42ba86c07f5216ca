import { describe, expect, test } from 'vitest'
import { validate } from '../../src/cli/validate.ts'
import { checkoutDatafile } from './datafile.ts'
import { endedWith, runTurnout, temporaryFile, temporaryFolder } from './run-turnout.ts'

describe('turnout validate', () => {
  test('counts what is in a valid datafile', async () => {
    const file = await temporaryFile('shop.json', JSON.stringify(checkoutDatafile()))
    const { exitCode, stdout, stderr } = endedWith(await validate(file))
    expect(stdout).toMatch(
      /shop\.json is valid: revision 7, 1 flag, 1 experiment, 0 audiences, \d+ bytes, 0 warnings\.\n$/,
    )
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
  })

  test('names every issue with its line and path', async () => {
    const datafile = {
      ...checkoutDatafile(),
      revision: 7,
      featureFlags: [{ id: 'f1', key: null, experimentIds: [], variables: [] }],
    }
    const file = await temporaryFile('shop.json', JSON.stringify(datafile, null, 2))
    const { exitCode, stdout, stderr } = endedWith(await validate(file))
    expect(stderr.split('\n')).toEqual([
      `${file}:3:15: error: revision: expected a string, found number 7`,
      `${file}:10:14: error: featureFlags[0].key: expected a string, found null`,
      `${file} is not a valid datafile: 2 issues.`,
      '',
    ])
    expect(stdout).toBe('')
    expect(exitCode).toBe(1)
  })

  test('accepts what the SDKs tolerate, and warns of it', async () => {
    const [flag] = checkoutDatafile().featureFlags
    const datafile = { ...checkoutDatafile(), featureFlags: [{ ...flag, experimentIds: ['nowhere'] }] }
    const file = await temporaryFile('shop.json', JSON.stringify(datafile))
    const { exitCode, stdout, stderr } = endedWith(await validate(file))
    expect(stderr).toContain('warning: featureFlags[0].experimentIds: expected')
    expect(stdout).toContain('1 warning.')
    expect(exitCode).toBe(0)
  })

  test('reads what the datafile says of pages, and names the line of what is wrong with it', async () => {
    const file = await pageDatafile({ type: 'custom_code', value: '</script>' })
    const { exitCode, stderr } = endedWith(await validate(file))
    expect(stderr).toMatch(
      /shop\.json:\d+:\d+: error: experiments\[0\]\.variations\[0\]\.actions\[0\]\.changes\[0\]\.value: expected JavaScript without/,
    )
    expect(exitCode).toBe(1)
  })

  test.each([
    ['that does not parse', 'let a = ;', /\.changes\[0\]\.value: expected JavaScript \(Unexpected token ';'\)/],
    ['that does, and may return and not await', 'if (!a) return', /^$/],
  ])('warns of code %s, which a Worker could not tell', async (_, value, expected) => {
    const { exitCode, stderr } = endedWith(await validate(await pageDatafile({ type: 'custom_code', value })))
    expect(stderr).toMatch(expected)
    expect(exitCode).toBe(0)
  })

  test('warns of a redirect that will never be made', async () => {
    const file = await pageDatafile({ type: 'redirect', destination: 'https://shop.example/?v=2' })
    const { exitCode, stderr } = endedWith(await validate(file))
    expect(stderr).toContain('it leads to a page that it redirects')
    expect(exitCode).toBe(0)
  })

  test.each([
    ['a trailing comma', '{\n  "version": "4",\n}', ':3:1: error: not JSON'],
    ['a misspelt word', '{\n  "enabled": tru\n}', ':2:14: error: not JSON'],
    ['a file that was cut off', '{\n  "version": "4"', ':2:17: error: not JSON'],
    ['a file without content', '', ':1:1: error: not JSON'],
  ])('says where the text stops being JSON: %s', async (_, text, expected) => {
    const { exitCode, stderr } = endedWith(await validate(await temporaryFile('shop.json', text)))
    expect(stderr).toContain(`shop.json${expected}`)
    expect(exitCode).toBe(1)
  })

  test('warns of what is larger than a Worker takes as a rule', async () => {
    const datafile = { ...checkoutDatafile(), environmentKey: 'x'.repeat(5_000_000) }
    const { exitCode, stdout, stderr } = endedWith(
      await validate(await temporaryFile('shop.json', JSON.stringify(datafile))),
    )
    expect(stderr).toMatch(/a Worker takes it only where MAX_DATAFILE_BYTES is 50\d{5} or more\n$/)
    expect(stdout).toContain('1 warning.')
    expect(exitCode).toBe(0)
  })

  test('refuses a depth bomb without walking into it', async () => {
    const file = await temporaryFile('shop.json', '['.repeat(100_000))
    const { exitCode, stderr } = endedWith(await validate(file))
    expect(stderr).toBe(`${file}: error: JSON is nested more than 128 levels deep.\n`)
    expect(exitCode).toBe(1)
  })

  test('refuses what is not UTF-8', async () => {
    const file = await temporaryFile('shop.json', Uint8Array.of(0x7b, 0xff, 0x7d))
    const { exitCode, stderr } = endedWith(await validate(file))
    expect(stderr).toBe(`${file} is not UTF-8 text.\n`)
    expect(exitCode).toBe(1)
  })

  test('takes a byte order mark for what it is', async () => {
    const file = await temporaryFile('shop.json', `\ufeff${JSON.stringify(checkoutDatafile())}`)
    const { exitCode } = endedWith(await validate(file))
    expect(exitCode).toBe(0)
  })

  test('tells a missing file from an invalid one', async () => {
    const { exitCode, stderr } = endedWith(await validate('/nowhere/shop.json'))
    expect(stderr).toBe('Cannot read /nowhere/shop.json: there is no such file.\n')
    expect(exitCode).toBe(2)
  })

  test('says so when the file is a folder', async () => {
    const { exitCode, stderr } = endedWith(await validate(await temporaryFolder()))
    expect(stderr).toContain('it is a folder.')
    expect(exitCode).toBe(2)
  })
})

/** A file with one change of one page. */
function pageDatafile(change: object): Promise<string> {
  const variations = [{ id: 'v2', key: 'on', actions: [{ pageId: 'p1', changes: [change] }] }]
  const experiments = [{ id: 'e2', key: 'hero', trafficAllocation: [], variations }]
  const pages = [{ id: 'p1', key: 'home', conditions: { type: 'url', match: 'simple', value: 'shop.example' } }]
  return temporaryFile('shop.json', JSON.stringify({ ...checkoutDatafile(), pages, experiments }, null, 2))
}

describe('turnout validate with several files', () => {
  test('goes on after a bad one, and ends with its exit code', async () => {
    const bad = await temporaryFile('bad.json', '[]')
    const good = await temporaryFile('good.json', JSON.stringify(checkoutDatafile()))
    const { exitCode, stdout, stderr } = await runTurnout(['validate', bad, good])
    expect(stderr).toContain(`${bad} is not a valid datafile: 1 issue.`)
    expect(stdout).toContain(`${good} is valid`)
    expect(exitCode).toBe(1)
  })
})

describe('turnout', () => {
  test('explains itself', async () => {
    const { exitCode, stdout } = await runTurnout(['--help'])
    expect(stdout).toContain('validate <files...>')
    expect(stdout).toContain('push [options] <sdkKey> <file>')
    expect(exitCode).toBe(0)
  })

  test('does not guess at a command that it does not know', async () => {
    const { exitCode, stderr } = await runTurnout(['pusch'])
    expect(stderr).toContain("unknown command 'pusch'")
    expect(exitCode).toBe(2)
  })
})
