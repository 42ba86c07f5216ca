/** What a Worker that is misconfigured tells everybody, in its answers and its log. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startService } from '../support/service.ts'

let lines: string[] = []
beforeEach(() => {
  lines = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
})
afterEach(() => vi.restoreAllMocks())

const PROJECT = { secret: 'hunter2', sdkKeys: ['not a key'] }
const CLIENT = { secretSha256: 'hunter2', sdkKeys: ['shop'] }

describe('no answer, and no line of the log, has a secret of', () => {
  test.each([
    ['ORIGIN', { ORIGIN: 'https://user:hunter2@shop.example' }],
    ['ORIGIN', { ORIGIN: 'https://shop.example/?token=hunter2' }],
    ['DATAFILE_URL', { DATAFILE_URL: 'https://user:hunter2@cdn.example/%s' }],
    ['DATAFILE_URL', { DATAFILE_URL: 'https://cdn.example/datafiles?token=hunter2' }],
    ['DATAFILE_TOKEN', { DATAFILE_URL: 'https://cdn.example/%s', DATAFILE_TOKEN: 'hunter2 ' }],
    ['WEBHOOK_PROJECTS', { DATAFILE_URL: 'https://cdn.example/%s', WEBHOOK_PROJECTS: JSON.stringify({ 1: PROJECT }) }],
    ['AGENT_JWT_SECRET', { AGENT_JWT_SECRET: 'hunter2' }],
    ['AGENT_AUTH', { AGENT_JWT_SECRET: 'x'.repeat(32), AGENT_AUTH: JSON.stringify({ app: CLIENT }) }],
    ['COLLECTOR_URL', { COLLECTOR_URL: 'https://user:hunter2@collector.example' }],
    ['EVENT_WEBHOOK_URL', { EVENT_WEBHOOK_URL: 'http://hunter2.example', EVENT_WEBHOOK_SECRET: 'x' }],
    ['EVENT_WEBHOOK_SECRET', { EVENT_WEBHOOK_URL: 'https://sink.example', EVENT_WEBHOOK_SECRET: 'hunter2 ' }],
    ['PREVIEW_SECRET', { PREVIEW_SECRET: 'hunter2 ' }],
  ])('%s in %j', async (name, variables) => {
    const ask = startService(variables)
    const response = await ask('/?feature=f&userId=u&key=k')
    const text = await response.text()
    expect(response.status).toBe(500)
    expect(text).toContain(name)
    expect(`${text}${lines.join('')}`).not.toContain('hunter2')
  })
})
