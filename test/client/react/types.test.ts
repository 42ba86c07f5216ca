import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'
import { types } from '../../../src/cli/types.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const HERE = fileURLToPath(new URL('.', import.meta.url))
const APP = `${HERE}app.tsx`
const IMPORTS =
  "import { Feature, createTestStore, useDecision, useFlag, useSuspenseDecision, useSuspenseFlag, useSuspenseVariable, useVariable } from 'turnout/react'; import type { JsonValue } from '../../../src/base/json.ts'; export type Used = JsonValue"
const NO_SUCH_ARGUMENT = 2345
const NO_SUCH_TYPE = 2322
const NOT_SATISFIED = 1360

/** Code, and the error that the compiler has to find in it; `null` where it has to find none. */
type Case = readonly [code: string, error: number | null]

const ANYWAY: readonly Case[] = [
  ["useVariable('checkout', 'steps', 3) satisfies number", null],
  ["useVariable('checkout', 'steps', 3) satisfies 3", NOT_SATISFIED],
  ["useSuspenseVariable('checkout', 'button_text', 'Pay') satisfies string", null],
  ["useVariable('checkout', 'express', true) satisfies boolean", null],
  ["useVariable('checkout', 'badges', {}) satisfies JsonValue", null],
  ["useVariable('checkout', 'badges', null) satisfies JsonValue", null],
  ["useVariable('checkout', 'badges', { payment: [] }) satisfies { payment: string[] }", NOT_SATISFIED],
  ["useFlag('checkout') satisfies boolean", null],
  ["useDecision('checkout')?.variationKey satisfies string | null | undefined", null],
  ["useDecision('checkout')?.variables.steps", null],
  ["createTestStore({ checkout: { variationKey: 'one_page', variables: { steps: 2 } }, search_ranking: true })", null],
  ["useFlag('checkout', 'yes')", NO_SUCH_ARGUMENT],
  ['useFlag(5)', NO_SUCH_ARGUMENT],
  ["useVariable('checkout', 'steps', () => 3)", NO_SUCH_ARGUMENT],
  ["useVariable('checkout', 'steps', undefined)", NO_SUCH_ARGUMENT],
]

const WRONG_KEYS = [
  ["useFlag('chekout')", NO_SUCH_ARGUMENT],
  ["useSuspenseFlag('chekout')", NO_SUCH_ARGUMENT],
  ["useDecision('chekout')", NO_SUCH_ARGUMENT],
  ["useSuspenseDecision('chekout')", NO_SUCH_ARGUMENT],
  ["useVariable('chekout', 'steps', 3)", NO_SUCH_ARGUMENT],
  ["<Feature flag='chekout' />", 2820],
  ["useVariable('checkout', 'step', 3)", NO_SUCH_ARGUMENT],
  ["useSuspenseVariable('checkout', 'step', 3)", NO_SUCH_ARGUMENT],
  ["useVariable('search_ranking', 'steps', 3)", NO_SUCH_ARGUMENT],
  ["useVariable('checkout', 'steps', '3')", NO_SUCH_ARGUMENT],
  ["useVariable('checkout', 'steps', {})", NO_SUCH_ARGUMENT],
  ["useSuspenseVariable('checkout', 'button_text', 3)", NO_SUCH_ARGUMENT],
  ["useDecision('checkout')?.variables.step", 2551],
  ["useDecision('checkout')?.variationKey === 'two_page'", 2367],
  ['createTestStore({ chekout: true })', 2561],
  ['createTestStore({ checkout: { variables: { step: 2 } } })', 2561],
  ["createTestStore({ checkout: { variables: { steps: 'two' } } })", NO_SUCH_TYPE],
] as const

describe.each([
  ['without types of flags, where every key, name and type is allowed', false],
  ['with those that `turnout types` writes, where a wrong one is an error', true],
])('code %s', (_, isTyped) => {
  const cases: readonly Case[] = [...ANYWAY, ...WRONG_KEYS.map(([code, error]): Case => [code, isTyped ? error : null])]
  let found: readonly (readonly number[])[]

  beforeAll(async () => {
    found = compile(
      cases.map(([code]) => code),
      isTyped ? await typesOfDemo() : '',
    )
  })

  it.each(cases.map(([code, error], index) => ({ code, error, index })))('$code: $error', ({ error, index }) => {
    expect(found[index]).toEqual(error === null ? [] : [error])
  })
})

async function typesOfDemo(): Promise<string> {
  const { stdout } = await types(`${ROOT}datafiles/demo.json`)
  return stdout.join('\n')
}

/** The codes of the errors in each piece of code, all compiled as one app beside these types, by the compiler's rules for the client. */
function compile(codes: readonly string[], flags: string): readonly (readonly number[])[] {
  const files: Readonly<Record<string, string>> = {
    [`${HERE}flags.d.ts`]: flags,
    [APP]: [IMPORTS, ...codes.map((code, index) => `export function Case${index}() { return ${code} }`)].join('\n'),
  }
  const options: ts.CompilerOptions = {
    ...ts.readConfigFile(`${ROOT}tsconfig.base.json`, ts.sys.readFile).config.compilerOptions,
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    jsx: ts.JsxEmit.ReactJSX,
    lib: ['lib.es2024.d.ts', 'lib.dom.d.ts'],
    paths: { 'turnout/client': [`${ROOT}src/client/index.ts`], 'turnout/react': [`${ROOT}src/client/react/index.ts`] },
  }
  const host = ts.createCompilerHost(options)
  const program = ts.createProgram(Object.keys(files), options, {
    ...host,
    fileExists: (path) => path in files || host.fileExists(path),
    readFile: (path) => files[path] ?? host.readFile(path),
    getSourceFile: (path, language) =>
      files[path] === undefined ? host.getSourceFile(path, language) : ts.createSourceFile(path, files[path], language),
  })
  const errors = ts.getPreEmitDiagnostics(program).map(({ file, start = 0, code }) => {
    if (file?.fileName !== APP) throw new Error(`Error ${code} in ${file?.fileName ?? 'the options'}`)
    return { code, index: file.getLineAndCharacterOfPosition(start).line - 1 }
  })
  return codes.map((_, index) => errors.filter((error) => error.index === index).map(({ code }) => code))
}
