import { expect, it } from 'vitest'
import { inChromium, layoutShift, USER_AGENT } from './chromium.ts'

inChromium('Chromium as the tests use it', (chromium) => {
  it('is a browser that people use', async () => {
    const { page } = await chromium.open()
    expect(await page.evaluate(() => navigator.userAgent)).toBe(USER_AGENT)
  })

  it('sees a page that moves', async () => {
    const { page } = await chromium.open()
    await page.setContent('<p id=first style="height:0">a<p style="height:200px;background:red">b')
    await page.waitForTimeout(100)
    await page.evaluate(() => document.getElementById('first')?.setAttribute('style', 'height:300px'))
    await page.waitForTimeout(100)
    expect(await layoutShift(page)).toBeGreaterThan(0)
  })

  it('reports what a developer would see as an error', async () => {
    const { page, problems } = await chromium.open()
    await page.setContent('<script>console.error("logged"); throw new Error("thrown")</script>')
    expect(problems).toEqual(['logged', 'Error: thrown'])
  })
})
