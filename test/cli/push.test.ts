import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PushOptions, push } from '../../src/cli/push.ts'
import { checkoutDatafile } from './datafile.ts'
import { freePort, startNode } from './processes.ts'
import { endedWith, ROOT, runTurnout, temporaryFile, temporaryFolder, type WhenDone } from './run-turnout.ts'

const TOKEN = 'a-token-of-the-tests'

function datafile(revision?: string): Promise<string> {
  return temporaryFile('shop.json', JSON.stringify(checkoutDatafile(revision)))
}

describe('turnout push reaches the plain service, which starts with an empty local KV', () => {
  const left: (() => Promise<void>)[] = []
  const whenDone: WhenDone = (clearAway) => void left.unshift(clearAway)
  let config = ''
  let url = ''

  beforeAll(async () => {
    config = await emptyService(whenDone)
    url = await startWranglerDev(config, whenDone)
  }, 120_000)

  afterAll(async () => {
    for (const clearAway of left) await clearAway()
  })

  async function decision(sdkKey: string): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${url}/?feature=checkout&userId=u1&key=${sdkKey}`)
    return { status: response.status, body: await response.json() }
  }

  test('through the Worker: fills it, refuses to go back, and goes back when forced', async () => {
    const pushed = async (file: string, options: PushOptions = {}) =>
      endedWith(await push('shop', file, { url, ...options }, { TURNOUT_TOKEN: TOKEN }))
    expect(await decision('shop')).toMatchObject({ status: 404, body: { error: { code: 'datafile_not_found' } } })

    const first = await pushed(await datafile('7'))
    expect(first.stdout).toMatch(
      /^Pushed shop to http:\/\/localhost:\d+: revision 7, 1 flag, 1 experiment, 0 audiences, /,
    )
    expect(first.exitCode).toBe(0)
    expect(await decision('shop')).toMatchObject({ status: 200, body: { flagKey: 'checkout', enabled: true } })

    const older = await pushed(await datafile('6'))
    expect(older.stderr).toContain('has a newer revision of shop (409)')
    expect(older.stderr).toContain('push with --force')
    expect(older.exitCode).toBe(1)

    const forced = await pushed(await datafile('6'), { force: true })
    expect(forced.stdout).toContain('revision 6')
    expect(forced.exitCode).toBe(0)

    const stranger = await pushed(await datafile('8'), { token: 'wrong' })
    expect(stranger.stderr).toContain('does not accept the token (401)')
    expect(stranger.exitCode).toBe(1)
  })

  test('through its local KV, while it runs', async () => {
    const pushed = await runTurnout(['push', 'local', await datafile(), '--config', config])
    expect(pushed.stdout).toMatch(/^Pushed local to the local KV of .*wrangler\.toml: revision 7, 1 flag, /)
    expect(pushed.exitCode).toBe(0)
    expect(await decision('local')).toMatchObject({ status: 200, body: { enabled: true } })

    const older = await runTurnout(['push', 'local', await datafile('6'), '--config', config])
    expect(older.stderr).toContain('there is a newer revision of local: 7, and this is 6.')
    expect(older.stderr).toContain('push with --force')
    expect(older.exitCode).toBe(1)
  })
})

describe('turnout push', () => {
  test('says that nothing listens, and what to do', async () => {
    const url = `http://localhost:${await freePort()}`
    const { exitCode, stderr } = endedWith(await push('shop', await datafile(), { url, token: TOKEN }, {}))
    expect(stderr).toBe(
      `Nothing listens at ${url}.\nStart the Worker with npm start, or give its address with --url.\n`,
    )
    expect(exitCode).toBe(2)
  })

  test('asks for a token where there is none', async () => {
    const { exitCode, stderr } = endedWith(await push('shop', await datafile(), { url: 'http://localhost:8787' }, {}))
    expect(stderr).toContain('give --token, or set TURNOUT_TOKEN or ADMIN_TOKEN')
    expect(exitCode).toBe(2)
  })

  test('sends nothing that is not a datafile', async () => {
    const file = await temporaryFile('shop.json', '{"version":"5"}')
    const { exitCode, stderr } = endedWith(await push('shop', file, { url: 'http://localhost:1', token: TOKEN }, {}))
    expect(stderr).toContain('shop.json:1:12: error: version: expected "2", "3" or "4", found "5"')
    expect(exitCode).toBe(1)
  })

  test.each([
    ['an SDK key that the Worker could not be asked for', ['a b', 'file'], 'An SDK key is 1 to 64'],
    ['an address that is none', ['shop', 'file', '--url', 'localhost'], 'It is an address like'],
    ['two places at once', ['shop', 'file', '--local', '--remote'], 'cannot be used with'],
  ])('refuses %s', async (_, args, expected) => {
    const { exitCode, stderr } = await runTurnout(['push', ...args])
    expect(stderr).toContain(expected)
    expect(exitCode).toBe(2)
  })
})

/** The committed configuration in a folder of its own, so that its local KV is empty and goes with the tests. */
async function emptyService(whenDone: WhenDone): Promise<string> {
  const folder = await temporaryFolder(whenDone)
  const committed = await readFile(join(ROOT, 'wrangler.toml'), 'utf8')
  const config = join(folder, 'wrangler.toml')
  await writeFile(config, committed.replace('src/worker.ts', join(ROOT, 'src/worker.ts')))
  return config
}

/** `npx wrangler dev --port N --var ADMIN_TOKEN:x`, and its address once it is ready. */
async function startWranglerDev(config: string, whenDone: WhenDone): Promise<string> {
  const port = await freePort()
  const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
  const args = ['dev', '--config', config, '--port', String(port), '--var', `ADMIN_TOKEN:${TOKEN}`]
  const running = startNode([wrangler, ...args], { CLOUDFLARE_CF_FETCH_ENABLED: 'false' }, whenDone)
  await running.printed(/Ready on/)
  return `http://localhost:${port}`
}
