import { expect, test } from 'vitest'
import { freePort, startNode } from '../cli/processes.ts'
import { temporaryFolder } from '../cli/run-turnout.ts'
import { USER_AGENT } from './chromium.ts'
import { DAWN } from './react-shop.ts'

test('npm run react-shop prints where the shop is, in both ways of rendering it, and ends at Ctrl-C', async () => {
  const options = ['--port', String(await freePort()), '--persist-to', await temporaryFolder()]
  const running = startNode(['examples/react-shop/start.ts', ...options])
  const output = await running.printed(/Ctrl-C ends it/)
  const [inBrowser = '', onServer = ''] = [...output.matchAll(/^ {2}(http:\S+)$/gm)].map(([, address]) => address)

  expect(await pageFor('jonas', inBrowser)).toContain(`"headline":"${DAWN}"`)
  expect(await pageFor('jonas', onServer)).toContain(`<h1>${DAWN}</h1>`)
  expect(await running.interrupt()).toBe(0)
  await expect(fetch(inBrowser)).rejects.toThrow()
})

async function pageFor(userId: string, address: string): Promise<string> {
  const headers = { 'User-Agent': USER_AGENT, Cookie: `turnout_visitor=${userId}` }
  return await (await fetch(address, { headers })).text()
}
