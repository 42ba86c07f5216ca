import { readdir, readFile } from 'node:fs/promises'
import { expect, it, vi } from 'vitest'
import { inChromium } from '../../browser/chromium.ts'
import { startDemoWorker } from './demo-worker.ts'
import { bundleApp } from './in-browser.ts'

const ROOT = new URL('../../../', import.meta.url)
const RECIPES = await readdir(new URL('examples/recipes/', ROOT))
const LONG = { timeout: 20_000, interval: 50 }

function read(path: string): Promise<string> {
  return readFile(new URL(path, ROOT), 'utf8')
}

/** The code in a file's section. */
async function codeOf(path: string, section: string): Promise<string> {
  const text = (await read(path)).split(`\n## ${section}\n`)[1] ?? ''
  return /```tsx\n(.*?)```/s.exec(text)?.[1] ?? ''
}

it.each(RECIPES.filter((file) => /\.(js|tsx?)$/.test(file)))(
  'docs/react.md has the recipe that is tested: %s',
  async (file) => {
    expect(await read('docs/react.md')).toContain(`\n${await read(`examples/recipes/${file}`)}\`\`\`\n`)
  },
)

it('docs/react.md starts as README.md does', async () => {
  expect(await codeOf('docs/react.md', 'Start')).toBe(await codeOf('README.md', 'React'))
})

inChromium('The section "React" of README.md', (chromium) => {
  it('works when it is pasted', async () => {
    const worker = await startDemoWorker()
    const { page, problems } = await chromium.open()
    const exchanges = await worker.answerAt('http://localhost:8787/_turnout', page.context())
    const body = '<!doctype html><title>App</title><div id="root"></div>'
    await page.route('http://localhost:5173/', (route) => route.fulfill({ contentType: 'text/html', body }))
    await page.goto('http://localhost:5173/')
    await page.addScriptTag({ content: await bundleApp(await codeOf('README.md', 'React')) })
    await vi.waitFor(async () => expect(await page.textContent('button', { timeout: 1_000 })).toBe('Pay now'), LONG)
    await page.click('button')
    await vi.waitFor(() => expect(exchanges.counted).toHaveLength(2), LONG)
    expect(exchanges).toEqual({
      asked: 1,
      counted: ['u1 saw checkout one_page', 'u1 did purchase {"revenue":4200}'],
      faults: [],
    })
    expect(problems).toEqual([])
  })
})
