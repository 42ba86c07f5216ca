/** Runs scenarios, written in React and bundled as an app is, in a page of the browser. */

import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
import { expect } from 'vitest'
import type { Chromium } from '../../browser/chromium.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** The versions of React that the bindings are for. */
export const REACTS = ['19', '18'] as const

export type ReactVersion = (typeof REACTS)[number]

const PACKAGES_OF: Readonly<Record<ReactVersion, Readonly<Record<string, string>>>> = {
  19: {},
  18: { react: 'react-18', 'react-dom': 'react-dom-18' },
}

/** One script from `file`, relative to this folder: React warns of what it finds wrong, as it does for developers. */
export function bundleForDevelopers(file: string, react: ReactVersion = '19'): Promise<string> {
  return bundle({ entryPoints: [`${HERE}${file}`], alias: { ...PACKAGE, ...PACKAGES_OF[react] } })
}

/** The same for a server: the text of a CommonJS module. */
export function bundleForServer(file: string, react: ReactVersion): Promise<string> {
  const alias = { ...PACKAGE, ...PACKAGES_OF[react] }
  return bundle({ entryPoints: [`${HERE}${file}`], alias, platform: 'node', format: 'cjs' })
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
    format: 'iife',
    alias: PACKAGE,
    ...entry,
    bundle: true,
    write: false,
    jsx: 'automatic',
    // The repository's own, in which a recipe that is imported for what it does would be left out.
    ignoreAnnotations: true,
    define: { 'process.env.NODE_ENV': '"development"' },
    logLevel: 'error',
  })
  const script = outputFiles?.[0]?.text
  if (script === undefined) throw new Error('esbuild made no bundle')
  return script
}

export interface Scenarios {
  readonly file: string
  readonly react: ReactVersion
}

/** What a scenario of that file comes to. It fails where React had something to say. */
export async function observe(chromium: Chromium, { file, react }: Scenarios, scenario: string): Promise<unknown> {
  const { page, problems } = await chromium.open()
  await page.setContent('<!doctype html><title>scenario</title>')
  await page.addScriptTag({ content: await bundleForDevelopers(file, react) })
  const observed = await page.evaluate(`scenarios[${JSON.stringify(scenario)}]()`)
  expect(problems).toEqual([])
  return observed
}
