/** Runs scenarios, written in React and bundled as an app is, in a page of the browser. */

import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect } from 'vitest'
import type { Chromium } from '../../browser/chromium.ts'

/** One script from `file`, relative to this folder: React warns of what it finds wrong, as it does for developers. */
export async function bundleForDevelopers(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
  })
  const script = outputFiles[0]?.text
  if (script === undefined) throw new Error('esbuild made no bundle')
  return script
}

/** What a scenario of that file comes to. It fails where React had something to say. */
export async function observe(chromium: Chromium, file: string, scenario: string): Promise<unknown> {
  const { page, problems } = await chromium.open()
  await page.setContent('<!doctype html><title>scenario</title>')
  await page.addScriptTag({ content: await bundleForDevelopers(file) })
  const observed = await page.evaluate(`scenarios[${JSON.stringify(scenario)}]()`)
  expect(problems).toEqual([])
  return observed
}
