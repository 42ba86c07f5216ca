import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makePreviewLink, parseDuration, parsePageUrl } from '../../src/cli/make-preview-link.ts'
import { readPreview } from '../../src/pages/proxy/preview.ts'
import { type Ended, ROOT } from './run-turnout.ts'

const NOW_MS = 1_790_000_000_000
const WISH = {
  url: new URL('https://shop.example/cart?a=1'),
  forces: ['hero:bold'],
  isDebug: false,
  lifetimeSeconds: 3_600,
}

/** Runs the real command, with no secret but what `env` gives. */
async function runPreviewLink(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { PREVIEW_SECRET: _secret, ...inherited } = process.env
  const child = spawn(process.execPath, [join(ROOT, 'src/cli/preview-link.ts'), ...args], {
    env: { ...inherited, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr] = [child.stdout, child.stderr].map(async (stream) => (await stream.toArray()).join(''))
  const [exitCode] = await once(child, 'close')
  return { exitCode, stdout: (await stdout) ?? '', stderr: (await stderr) ?? '' }
}

describe('preview-link', () => {
  it('prints a link that the Worker grants', async () => {
    const args = ['--url', WISH.url.href, '--force', 'hero:bold', '--force', 'price:a%3Ab', '--debug']
    const { exitCode, stdout, stderr } = await runPreviewLink(args, { PREVIEW_SECRET: 'secret' })
    expect(stderr).toMatch(/^Valid until 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ\.\n$/)
    expect(exitCode).toBe(0)
    const settings = { previewSecret: 'secret', previewNeedsToken: true }
    expect(await readPreview(new URL(stdout.trim()), settings, Date.now())).toEqual({
      kind: 'granted',
      forced: new Map([
        ['hero', 'bold'],
        ['price', 'a:b'],
      ]),
      isDebug: true,
    })
  })

  it('takes the secret that is given over that of the environment', async () => {
    const args = ['--url', WISH.url.href, '--force', 'hero:bold', '--secret', 'given']
    const { stdout } = await runPreviewLink(args, { PREVIEW_SECRET: 'environment' })
    const settings = { previewSecret: 'given', previewNeedsToken: true }
    expect(await readPreview(new URL(stdout.trim()), settings, Date.now())).toMatchObject({ kind: 'granted' })
  })

  it.each([
    ['no page', ['--force', 'hero:bold'], /required option '--url <address>'/],
    ['what is no page', ['--url', 'ftp://shop.example', '--force', 'hero:bold'], /It is the address of a page/],
    ['what is no variation', ['--url', 'https://a.example', '--force', 'hero'], /like hero:bold/],
    ['a time that never ends', ['--url', 'https://a.example', '--debug', '--expires', '31d'], /at most 30d/],
    ['nothing to see', ['--url', 'https://a.example', '--secret', 's'], /--force experiment:variation, or --debug/],
  ])('says what is wrong with %s', async (_, args, message) => {
    const { exitCode, stdout, stderr } = await runPreviewLink(args)
    expect(stderr).toMatch(message)
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
  })

  it.each([
    ['no secret', undefined, /set PREVIEW_SECRET/],
    ['an empty secret', '', /set PREVIEW_SECRET/],
    ['a secret that no header could hold', 'pass phrase', /without white space/],
  ])('makes no link with %s', async (_, secret, message) => {
    const { exitCode, stdout, stderr } = await makePreviewLink(WISH, secret, NOW_MS)
    expect(stderr.join()).toMatch(message)
    expect(stdout).toEqual([])
    expect(exitCode).toBe(2)
  })

  it('makes no link that the Worker would refuse for its length', async () => {
    const forces = Array.from({ length: 17 }, (_, index) => `e${index}:v`)
    const { exitCode, stderr } = await makePreviewLink({ ...WISH, forces }, 'secret', NOW_MS)
    expect(stderr).toEqual(['error: at most 16 variations go into a link'])
    expect(exitCode).toBe(2)
  })

  it('says until when', async () => {
    const { stderr } = await makePreviewLink(WISH, 'secret', NOW_MS)
    expect(stderr).toEqual(['Valid until 2026-09-21T15:13:20Z.'])
  })
})

describe('parseDuration', () => {
  it.each([
    ['90s', 90],
    ['30m', 1_800],
    ['1h', 3_600],
    ['7d', 604_800],
    ['30d', 2_592_000],
    ['31d', null],
    ['0h', null],
    ['1', null],
    ['h', null],
    ['1w', null],
    ['-1h', null],
    ['1.5h', null],
    ['99999999s', null],
  ])('of %s', (text, seconds) => expect(parseDuration(text)).toBe(seconds))
})

describe('parsePageUrl', () => {
  it.each([
    ['https://shop.example', 'https://shop.example/'],
    ['HTTP://localhost:8787/a?b', 'http://localhost:8787/a?b'],
    ['shop.example', undefined],
    ['localhost:8787', undefined],
    ['javascript:alert(1)', undefined],
  ])('of %s', (text, href) => expect(parsePageUrl(text)?.href).toBe(href))
})
