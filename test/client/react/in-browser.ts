/** Runs scenarios, written in React and bundled as an app is, in a page of the browser. */

import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
import { expect } from 'vitest'
import type { Chromium } from '../../browser/chromium.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** One script from `file`, relative to this folder: React warns of what it finds wrong, as it does for developers. */
export function bundleForDevelopers(file: string): Promise<string> {
  return bundle({ entryPoints: [`${HERE}${file}`] })
}

/** Where the recipes are. */
export const RECIPES = `${ROOT}examples/recipes`

/** One script of code that imports the package, as an app does that stands beside the recipes. */
export function bundleApp(contents: string): Promise<string> {
  return bundle({ stdin: { contents, resolveDir: RECIPES, loader: 'tsx' } })
}

/** The package's names as they are in the sources. */
export const PACKAGE = {
  'turnout/client': `${ROOT}src/client/index.ts`,
  'turnout/react': `${ROOT}src/client/react/index.ts`,
}

async function bundle(entry: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    ...entry,
    bundle: true,
    write: false,
    format: 'iife',
    jsx: 'automatic',
    alias: PACKAGE,
    // The repository's own, in which a recipe that is imported for what it does would be left out.
    ignoreAnnotations: true,
    define: { 'process.env.NODE_ENV': '"development"' },
    logLevel: 'error',
  })
  const script = outputFiles?.[0]?.text
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
