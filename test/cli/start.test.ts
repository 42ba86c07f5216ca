import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freePort, startNode } from './processes.ts'
import { ROOT, temporaryFolder } from './run-turnout.ts'

const START = join(ROOT, 'examples/start.ts')

test('npm start prints a curl line that gets the answer printed below it, and ends at Ctrl-C', async () => {
  const port = await freePort()
  const running = startNode([START, '--port', String(port), '--persist-to', await temporaryFolder()])
  const output = await running.printed(/Ctrl-C ends it/)
  const [, address = '', promised] = /^ {2}curl '(\S+)'\n {2}(.*)$/m.exec(output) ?? []

  const response = await fetch(address)
  expect(await response.text()).toBe(promised)
  expect(response.status).toBe(200)
  expect(JSON.parse(promised ?? '')).toMatchObject({ flagKey: 'checkout', userContext: { userId: 'u1' } })

  expect(await running.interrupt()).toBe(0)
  await expect(fetch(address)).rejects.toThrow()
})

test('npm start says which port is taken, and which to try', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const running = startNode([START, '--port', String(port)])
  await running.printed(new RegExp(`Port ${port} is taken. Choose another: npm start -- --port`))
})
