import type { Page } from 'playwright-core'

/** Has a page keep, for each frame that the browser paints, what an element looks like in it. To be called before `goto`. */
export async function watchFrames(page: Page, selector: string): Promise<void> {
  await page.addInitScript((watched) => {
    const frames: string[] = []
    Object.assign(window, { frames_: frames })
    const look = () => {
      const element = document.querySelector(watched)
      if (element !== null && element.getClientRects().length > 0) frames.push(element.textContent ?? '')
      requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  }, selector)
}

/** What the element was in the frames so far, each text once, in order: one where nothing flickered. */
export async function paintedTexts(page: Page): Promise<readonly string[]> {
  const frames = await page.evaluate(() => (window as unknown as { frames_: string[] }).frames_)
  return frames.map((text) => text.trim()).filter((text, index, texts) => text !== texts[index - 1])
}
