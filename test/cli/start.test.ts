import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { addressToTry, readSamples } from '../../examples/samples.ts'
import { freePort, startNode } from './processes.ts'
import { ROOT, temporaryFile, temporaryFolder } from './run-turnout.ts'

const START = join(ROOT, 'examples/start.ts')

/** Starts it on a free port. */
async function start(...more: readonly string[]) {
  return startNode([START, '--port', String(await freePort()), ...more])
}

test('npm start prints a curl line that gets the answer printed below it, ends at Ctrl-C, and starts again', async () => {
  const persistTo = await temporaryFolder()
  const first = await start('--persist-to', persistTo)
  const output = await first.printed(/Ctrl-C ends it/)
  const [, address = '', promised] = /^ {2}curl '(\S+)'\n {2}(.*)$/m.exec(output) ?? []

  const response = await fetch(address)
  expect(await response.text()).toBe(promised)
  expect(response.status).toBe(200)
  expect(JSON.parse(promised ?? '')).toMatchObject({
    flagKey: 'checkout',
    variationKey: 'one_page',
    enabled: true,
    variables: { steps: 1, express: true },
    userContext: { userId: 'u1' },
  })

  expect(await first.interrupt()).toBe(0)
  await expect(fetch(address)).rejects.toThrow()

  const second = await start('--persist-to', persistTo)
  expect(await second.printed(/Ctrl-C ends it/)).toContain(promised)
})

test('npm start links to a shop and to each variation of its home page', async () => {
  const running = await start('--persist-to', await temporaryFolder())
  const output = await running.printed(/Ctrl-C ends it/)
  const [, shop = ''] = /^ {2}(http:\S+\/)$/m.exec(output) ?? []
  const links = new Map([...output.matchAll(/^ {2}(\w+) +(http:\S+)$/gm)].map(([, key, link = '']) => [key, link]))
  expect([...links.keys()]).toEqual(['control', 'bold'])

  expect(await headlineOf(shop)).not.toBe('')
  expect(await headlineOf(links.get('control'))).toBe('Well-made things for an unhurried home.')
  expect(await headlineOf(links.get('bold'))).toBe('Buy once. Keep forever.')
})

async function headlineOf(address = ''): Promise<string> {
  const html = await (await fetch(address)).text()
  return /<h1 [^>]*>([^<]*)/.exec(html)?.[1] ?? ''
}

test('npm start offers the first flag there is where the demonstration is not among the datafiles', async () => {
  const folder = await temporaryFolder()
  const flag = '{"id":"1","key":"a b","experimentIds":[],"rolloutId":"","variables":[]}'
  await writeFile(join(folder, 'empty.json'), '{"version":"4","revision":"1"}')
  await writeFile(join(folder, 'shop.json'), `{"version":"4","revision":"1","featureFlags":[${flag}]}`)
  const samples = await readSamples(folder)
  expect(samples.ok && addressToTry('http://localhost:8787', samples.value)).toBe(
    'http://localhost:8787/?feature=a+b&userId=u1&key=shop',
  )
})

test('npm start says which port is taken, and which to try', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const running = startNode([START, '--port', String(port)])
  const output = await running.printed(/npm start -- --port \d+\n/)
  expect(output).toMatch(new RegExp(`^Port ${port} is taken\\. Choose another: npm start -- --port \\d+\n$`))
  expect(await running.ended()).toBe(1)
})

test('npm start names the line of a datafile that is not valid, and starts nothing', async () => {
  const path = await temporaryFile('shop.json', '{\n  "version": "4",\n}')
  const running = await start('--datafiles', join(path, '..'))
  const output = await running.printed(/out of the folder/)
  expect(output).toMatch(/shop\.json:3:1: error: not JSON: .*\nCorrect the file, or take it out of the folder\.\n$/)
  expect(await running.ended()).toBe(1)
})

test('npm start says that a name cannot be an SDK key', async () => {
  const path = await temporaryFile('my shop.json', '{}')
  const running = await start('--datafiles', join(path, '..'))
  expect(await running.printed(/\n/)).toContain('my shop.json: the name of a file is its SDK key, which is 1 to 64 of')
  expect(await running.ended()).toBe(1)
})

test('npm start explains its options', async () => {
  const running = startNode([START, '--help'])
  const output = await running.printed(/The admin token of this Worker is demo/)
  expect(output).toContain('--port <number>')
  expect(await running.ended()).toBe(0)
})
