/**
 * A real Chromium for tests, one per test file: `CHROME_PATH` where it is set, else the one that comes as an npm package
 * for Linux on x64. Elsewhere the tests are reported as skipped, with the reason in their name; in CI they fail instead.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import packed from '@sparticuz/chromium'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest'

/** Of a browser that people use: crawlers, HeadlessChrome among them, are not experimented on. */
export const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36'

export interface Chromium {
  /** A page of a visitor who has not been here before. It is closed with the test. */
  open(options?: BrowserContextOptions): Promise<OpenPage>
}

export interface OpenPage {
  readonly page: Page
  /** What a developer would see as errors in the console, uncaught exceptions and policy violations among them. */
  readonly problems: readonly string[]
}

/** Tests that need a browser, in a `describe` of that name. */
export function inChromium(name: string, tests: (chromium: Chromium) => void): void {
  const reason = whyNot()
  if (reason !== null) {
    describe.skip(`${name} (not run: ${reason})`, () => tests({ open: () => Promise.reject(new Error(reason)) }))
    return
  }
  describe(name, () => {
    let browser: Browser | null = null
    beforeAll(async () => {
      browser = await launchChromium()
    }, START_LIMIT_MS)
    afterAll(() => browser?.close())
    tests({
      open: (options) =>
        browser === null ? Promise.reject(new Error('Chromium did not start')) : open(browser, options),
    })
  })
}

/** Starts a browser that the caller closes. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROME_PATH ?? (await unpack())
  const args = packed.args.filter((flag) => !UNWANTED_FLAGS.has(flag) && !flag.startsWith('--headless'))
  return chromium.launch({ executablePath, headless: true, args: [...args, ...QUIET_FLAGS] })
}

/** The sum of the page's layout shifts so far, shifts after input included; 0 is a page that never moved. */
export function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    (reportedWithinMs) =>
      new Promise<number>((resolve) => {
        let sum = 0
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) sum += entry.value
        })
        observer.observe({ type: 'layout-shift', buffered: true })
        setTimeout(() => resolve(sum), reportedWithinMs)
      }),
    REPORTED_WITHIN_MS,
  )
}

/** How long the browser may take to hand over what it has painted. */
const REPORTED_WITHIN_MS = 100

const START_LIMIT_MS = 120_000

/** They belong to a serverless platform: with them closing a context ends the browser, and CORS would not be tested. */
const UNWANTED_FLAGS: ReadonlySet<string> = new Set([
  '--single-process',
  '--no-zygote',
  '--disable-web-security',
  '--allow-running-insecure-content',
  '--disable-site-isolation-trials',
  '--in-process-gpu',
])

const QUIET_FLAGS = ['--disable-background-networking', '--disable-component-update', '--disable-sync']

function whyNot(): string | null {
  if (process.env.CHROME_PATH !== undefined || process.env.CI !== undefined) return null
  const place = `${process.platform} ${process.arch}`
  return place === 'linux x64' ? null : `no Chromium is packed for ${place}; set CHROME_PATH`
}

async function open(browser: Browser, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({
    userAgent: USER_AGENT,
    viewport: { width: 1024, height: 768 },
    ...options,
  })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  return { page, problems }
}

/**
 * Unpacks the packed browser once for this repository. The package itself would unpack to a path that all programs of
 * the machine share, and would take what another one is still writing for the whole.
 */
async function unpack(): Promise<string> {
  const require = createRequire(import.meta.url)
  const { version } = require(join(require.resolve('@sparticuz/chromium'), '../../package.json')) as { version: string }
  const caches = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url))
  const unpacked = join(caches, `chromium-${version}`)
  if (!existsSync(unpacked)) {
    await mkdir(caches, { recursive: true })
    const beingUnpacked = await mkdtemp(join(caches, 'chromium-'))
    const env = { ...process.env, TMPDIR: beingUnpacked }
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', UNPACK], { env, cwd: caches })
    // Another test file may have been faster.
    await rename(beingUnpacked, unpacked).catch(() => rm(beingUnpacked, { recursive: true }))
  }
  return join(unpacked, 'chromium')
}

const UNPACK = "import chromium from '@sparticuz/chromium'; await chromium.executablePath()"
