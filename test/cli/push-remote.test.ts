import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { NAMESPACE_ID, startCloudflareApi } from './cloudflare-api.ts'
import { checkoutDatafile } from './datafile.ts'
import { runTurnout, temporaryFile, temporaryFolder } from './run-turnout.ts'

/** A configuration whose namespace exists, as it is after `wrangler kv namespace create`. */
async function deployed(vars = ''): Promise<string> {
  const config = join(await temporaryFolder(), 'wrangler.toml')
  const lines = ['name = "shop"', '[[kv_namespaces]]', 'binding = "DATAFILES"', `id = "${NAMESPACE_ID}"`, vars]
  await writeFile(config, lines.join('\n'))
  return config
}

function datafile(revision: string): Promise<string> {
  return temporaryFile('shop.json', JSON.stringify(checkoutDatafile(revision)))
}

test('push --remote writes the datafile, its stamp and its second copy through wrangler', async () => {
  const { env, values } = await startCloudflareApi()
  const config = await deployed()
  const first = await runTurnout(['push', 'shop', await datafile('7'), '--remote', '--config', config], env)
  expect(first).toMatchObject({ exitCode: 0, stderr: '' })
  expect(first.stdout).toMatch(/^Pushed shop to the deployed KV of .*wrangler\.toml: revision 7, 1 flag, /)
  const written = {
    value: JSON.stringify(checkoutDatafile('7')),
    metadata: { generation: expect.any(Number), revision: '7', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  }
  expect(values).toEqual(
    new Map([
      ['datafile:shop', written],
      ['last-good:shop', written],
    ]),
  )
})

test('push --remote reads what was put there without a stamp, to the last byte', async () => {
  const { env, values } = await startCloudflareApi()
  const text = JSON.stringify({ ...checkoutDatafile('9'), environmentKey: 'größer'.repeat(20_000) })
  values.set('datafile:shop', { value: `${text}\n`, metadata: undefined })
  const config = await deployed()
  const { exitCode, stderr } = await runTurnout(
    ['push', 'shop', await datafile('8'), '--remote', '--config', config],
    env,
  )
  expect(stderr).toContain('there is a newer revision of shop: 9, and this is 8.')
  expect(exitCode).toBe(1)
})

test('push --remote refuses what the Worker would not read for its size', async () => {
  const config = await deployed('[vars]\nMAX_DATAFILE_BYTES = 100')
  const { exitCode, stderr } = await runTurnout(['push', 'shop', await datafile('7'), '--remote', '--config', config])
  expect(stderr).toMatch(/the deployed KV of .*: expected at most 100 bytes, found \d+ bytes/)
  expect(exitCode).toBe(1)
})

test('push --remote says how to log in', async () => {
  const args = ['push', 'shop', await datafile('7'), '--remote', '--config', await deployed()]
  const home = await temporaryFolder()
  const { exitCode, stderr } = await runTurnout(args, { HOME: home, XDG_CONFIG_HOME: home, CLOUDFLARE_API_TOKEN: '' })
  expect(stderr).toContain('run npx wrangler login, or set CLOUDFLARE_API_TOKEN')
  expect(exitCode).toBe(2)
})
