import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startFakeKv } from '../faults/fake-kv.ts'
import { startWorkerd } from '../faults/workerd.ts'
import { bundleForBrowsers, bundleForWorkers } from './bundles.ts'
import { installPackage, linkTools, type PackedApp, ROOT, succeeded } from './packed-app.ts'
import { compileErrors, RESOLUTIONS } from './type-check.ts'
import { FIRST_MISTAKE, MISTAKES, RIGHT, WRONG } from './typed-app.ts'

const DEMO = join(ROOT, 'datafiles/demo.json')
let app: PackedApp

beforeAll(async () => {
  app = await installPackage()
}, 120_000)

afterAll(() => app.remove())

describe('the package, installed with nothing but its dependencies', () => {
  test('breaks no rule of publint', async () => {
    const { messages } = await publint({ pkgDir: join(app.folder, 'node_modules/turnout'), pack: false, strict: true })
    expect(messages).toEqual([])
  })

  test('has its types where attw looks for those of ES modules', async () => {
    const attw = join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js')
    const args = [app.tarball, '--profile', 'esm-only', '--no-definitely-typed', '--format', 'json']
    const { exitCode, stdout } = await app.run(process.execPath, attw, ...args)
    expect(Object.keys(JSON.parse(stdout).analysis.entrypoints)).toEqual([
      '.',
      './client',
      './react',
      './pages',
      './worker',
      './package.json',
    ])
    expect(exitCode).toBe(0)
  })

  test('decides in Node', async () => {
    const script = `
      import { readFileSync } from 'node:fs'
      import { compile, decide, parseDatafile } from 'turnout'
      const parsed = parseDatafile(JSON.parse(readFileSync(process.argv[2], 'utf8')))
      const { decision } = decide(compile(parsed.value.datafile), 'checkout', { userId: 'u1', attributes: {} })
      console.log(decision.variationKey, decision.variables.steps)`
    await app.write({ 'decide.js': script })
    expect(await app.run('node', 'decide.js', DEMO)).toEqual({ exitCode: 0, stdout: 'one_page 1\n', stderr: '' })
  })

  test.each([
    ['client', 'createDecisionStore'],
    ['pages', 'applyExperiments'],
  ])('exports turnout/%s to Node, where servers render', async (path, name) => {
    await app.write({ 'import.js': `import { ${name} } from 'turnout/${path}'\nconsole.log(typeof ${name})` })
    expect(await app.run('node', 'import.js')).toEqual({ exitCode: 0, stdout: 'function\n', stderr: '' })
  })

  test('tells its version', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
    const script = "import manifest from 'turnout/package.json' with { type: 'json' }\nconsole.log(manifest.version)"
    await app.write({ 'version.js': script })
    const { exitCode, stdout } = await app.run('node', 'version.js')
    expect([exitCode, stdout]).toEqual([0, `${version}\n`])
  })
})

describe('npx turnout', () => {
  test('explains itself, in the words of whoever installed it', async () => {
    const { exitCode, stdout } = await app.run('npx', '--no', '--', 'turnout', 'push', '--help')
    expect(stdout).toContain('npx turnout push shop datafiles/demo.json --remote')
    expect(exitCode).toBe(0)
  })

  test('checks a datafile', async () => {
    const { exitCode, stdout, stderr } = await app.run('npx', '--no', '--', 'turnout', 'validate', DEMO)
    expect(stdout).toMatch(/demo\.json is valid: revision 42, 7 flags, .* 0 warnings\.\n$/)
    expect([exitCode, stderr]).toEqual([0, ''])
  })

  test('says of regular expressions that they had no second opinion where recheck is not installed', async () => {
    const { exitCode, stderr } = await app.run(
      'npx',
      '--no',
      '--',
      'turnout',
      'validate',
      join(ROOT, 'datafiles/pages.json'),
    )
    expect(stderr).toMatch(/warning: the regular expressions of pages were checked as the Worker does, .*recheck\n$/)
    expect(exitCode).toBe(0)
  })

  test('says what it needs for writing into KV where wrangler is not installed', async () => {
    const { exitCode, stderr } = await app.run('npx', '--no', '--', 'turnout', 'push', 'shop', DEMO)
    expect(stderr).toMatch(/^KV is reached with wrangler, which is not installed: npm install --save-dev wrangler\./)
    expect(exitCode).toBe(2)
  })
})

describe('an app with the package and its own tools', () => {
  beforeAll(() => linkTools(app))

  test.each(RESOLUTIONS)('is type-checked with $moduleResolution, in a Worker', async (resolution) => {
    await app.write({
      'worker.ts': "export { default, Turnout } from 'turnout/worker'\n",
      'right.ts': `import { compile, decide, parseDatafile } from 'turnout'
import { applyExperiments } from 'turnout/pages'
import type { TurnoutBinding } from 'turnout/worker'

interface Env {
  readonly TURNOUT: TurnoutBinding
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const parsed = parseDatafile(await request.json())
    if (!parsed.ok) return new Response(parsed.error[0]?.path, { status: 400 })
    const { decision } = decide(compile(parsed.value.datafile), 'checkout', { userId: 'u1', attributes: {} })
    const isOn: boolean = await env.TURNOUT.getBooleanValue('checkout', false, { targetingKey: decision.flagKey })
    return applyExperiments(request, new Response(String(isOn)), null)
  },
}
`,
      'wrong.ts': `import { decide, parseDatafile } from 'turnout'
import worker from 'turnout/worker'
const parsed = parseDatafile(1, 2, 3)
decide(parsed, 'checkout', { userId: 'u1', attributes: {} })
worker.fetch('not a request', {})
`,
    })
    const options = { ...resolution, types: ['@cloudflare/workers-types'], lib: ['es2024'] }
    expect(await compileErrors(app, { files: ['worker.ts', 'right.ts', 'wrong.ts'], options })).toEqual([
      'wrong.ts:3 TS2554',
      'wrong.ts:4 TS2345',
      'wrong.ts:5 TS2345',
    ])
  })

  test('deploys the Worker in one line, which decides by the datafile that comes along', async () => {
    await app.write({
      'worker.ts': "export { default, Turnout } from 'turnout/worker'\n",
      'wrangler.toml': `name = "flags"
main = "worker.ts"
compatibility_date = "2026-10-20"
kv_namespaces = [{ binding = "DATAFILES", id = "0123456789abcdef0123456789abcdef" }]
alias = { "#fallback-datafile" = "${DEMO}" }
`,
    })
    const kv = await startFakeKv()
    onTestFinished(() => kv.stop())
    const workerd = await startWorkerd({ code: await bundleForWorkers(app), kvPort: kv.port })
    onTestFinished(() => workerd.stop())
    const response = await fetch(`${workerd.url}/?feature=checkout&userId=u1&key=demo`)
    expect(await response.json()).toMatchObject({ flagKey: 'checkout', variationKey: 'one_page' })
  })

  test('fills the KV of its own wrangler.jsonc', async () => {
    const kv = { binding: 'DATAFILES', id: '0123456789abcdef0123456789abcdef' }
    const config = { name: 'flags', compatibility_date: '2026-10-20', kv_namespaces: [kv] }
    await app.write({ 'wrangler.jsonc': `// As \`wrangler init\` makes it\n${JSON.stringify(config)}` })
    onTestFinished(() => rm(join(app.folder, 'wrangler.jsonc')))
    const { exitCode, stdout, stderr } = await app.runScript('turnout/dist/cli/turnout.js', 'push', 'shop', DEMO)
    expect(stdout).toMatch(/^Pushed shop to the local KV of wrangler\.jsonc: revision 42, 7 flags, /)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(await readdir(join(app.folder, '.wrangler/state/v3'))).toContain('kv')
  })

  test('renders on a server, with decisions handed in', async () => {
    await app.write({
      'render.js': `import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { createTestStore, DecisionProvider, useVariable } from 'turnout/react'
const Button = () => createElement('button', null, useVariable('checkout', 'button_text', ''))
const store = createTestStore({ checkout: { variables: { button_text: 'Pay now' } } })
console.log(renderToString(createElement(DecisionProvider, { store }, createElement(Button))))`,
    })
    expect(await app.run('node', 'render.js')).toEqual({
      exitCode: 0,
      stdout: '<button>Pay now</button>\n',
      stderr: '',
    })
  })

  test('has React bindings that are client components to a framework of server components', async () => {
    const code = await readFile(join(app.folder, 'node_modules/turnout/dist/react.js'), 'utf8')
    expect(code).toMatch(/^"use client";\n/)
  })

  test.each([
    ['turnout/client', 'createDecisionStore', 'v1/events'],
    ['turnout/react', 'useDecision', 'No <DecisionProvider> above'],
  ])('has in the browser of %s neither the engine nor what runs in Workers', async (path, name, own) => {
    const code = await bundleForBrowsers(app, `export { ${name} } from '${path}'`)
    expect(code).toContain(own)
    expect(code).not.toMatch(/rollout|audience|murmur|HTMLRewriter|node:/i)
  })
})

describe('npx turnout types > flags.d.ts', () => {
  const browser = { ...RESOLUTIONS[0], lib: ['es2022', 'dom', 'dom.iterable'], jsx: 'react-jsx' }

  async function typesOf(datafile: string): Promise<string> {
    return (await succeeded(app.run('npx', '--no', '--', 'turnout', 'types', datafile))).stdout
  }

  beforeAll(async () => {
    await linkTools(app)
    await app.write({ 'right.tsx': RIGHT, 'wrong.tsx': WRONG })
  })

  test.each(RESOLUTIONS)(
    'lets the compiler find each mistake and nothing else, with $moduleResolution',
    async (resolution) => {
      await app.write({ 'flags.d.ts': await typesOf(DEMO) })
      const options = { ...browser, ...resolution }
      expect(await compileErrors(app, { files: ['flags.d.ts', 'right.tsx', 'wrong.tsx'], options })).toEqual(
        MISTAKES.map(([, error], index) => `wrong.tsx:${FIRST_MISTAKE + index} ${error}`),
      )
    },
  )

  test('is needed for that: without it every key is allowed, with any JSON', async () => {
    const files = ['right.tsx', 'wrong.tsx']
    const never = FIRST_MISTAKE + MISTAKES.findIndex(([line]) => line.includes('() => {}'))
    expect(await compileErrors(app, { files, options: browser })).toEqual([`wrong.tsx:${never} TS2345`])
  })

  test('takes keys for what they are, whatever they are', async () => {
    const variable = (key: string) => ({ id: key, key, type: 'integer', defaultValue: '1' })
    const keys = [
      '__proto__',
      'constructor',
      '"',
      "'",
      '\\',
      '*/',
      '\n',
      '\u2028',
      '\u202e',
      'größe',
      '`',
      '1',
      '-',
      ' ',
    ]
    const featureFlags = keys.map((key, id) => ({
      id: `${id}`,
      key,
      rolloutId: '',
      experimentIds: [],
      variables: [variable(key)],
    }))
    const datafile = { ...JSON.parse(await readFile(DEMO, 'utf8')), featureFlags }
    const uses = keys.map((key) => `  useVariable(${JSON.stringify(key)}, ${JSON.stringify(key)}, 1)`)
    await app.write({ 'hostile.json': JSON.stringify(datafile) })
    await app.write({
      'hostile.d.ts': await typesOf('hostile.json'),
      'hostile.ts': [
        "import { useVariable } from 'turnout/react'",
        'export function use() {',
        "  useVariable('toString', 'x', 1)",
        ...uses,
        '}',
      ].join('\n'),
    })
    expect(await compileErrors(app, { files: ['hostile.d.ts', 'hostile.ts'], options: browser })).toEqual([
      'hostile.ts:3 TS2345',
    ])
  })
})
