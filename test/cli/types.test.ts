import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { flagTypes } from '../../src/cli/flag-types.ts'
import { types } from '../../src/cli/types.ts'
import { compile, parseDatafile } from '../../src/engine/index.ts'
import { checkoutDatafile } from './datafile.ts'
import { readFlagTypes } from './read-flag-types.ts'
import { type Ended, endedWith, ROOT, runTurnout, temporaryFile } from './run-turnout.ts'

interface Shape {
  readonly revision?: string
  readonly flags?: readonly { readonly key: string; readonly variables?: readonly (readonly [string, string])[] }[]
  readonly variations?: readonly string[]
  readonly holdouts?: readonly object[]
}

/** A datafile of flags that share one rule. */
function datafileOf({ revision = '7', flags = [{ key: 'checkout' }], variations = ['on'], holdouts = [] }: Shape) {
  const [rollout] = checkoutDatafile().rollouts
  const keyed = variations.map((key, index) => ({ id: `v${index}`, key, featureEnabled: true, variables: [] }))
  return {
    ...checkoutDatafile(revision),
    featureFlags: flags.map(({ key, variables = [] }, index) => ({
      id: `f${index}`,
      key,
      rolloutId: 'r1',
      experimentIds: [],
      variables: variables.map(([variable, type], id) => ({
        id: `${index}-${id}`,
        key: variable,
        type,
        defaultValue: '',
      })),
    })),
    rollouts: [{ ...rollout, experiments: rollout?.experiments.map((rule) => ({ ...rule, variations: keyed })) }],
    holdouts,
  }
}

function declarations(value: unknown): string {
  const parsed = parseDatafile(value)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  const { datafile } = parsed.value
  return flagTypes({ datafile, project: compile(datafile) }).join('\n')
}

describe('flagTypes', () => {
  test('is what is pasted into an app', () => {
    const variables = [
      ['button_color', 'string'],
      ['max_items', 'integer'],
      ['price', 'double'],
      ['beta', 'boolean'],
      ['layout', 'json'],
      ['future', 'colour'],
    ] as const
    const flags = [{ key: 'checkout', variables }, { key: 'banner' }]
    expect(declarations(datafileOf({ flags, variations: ['on', 'bold'] }))).toBe(
      `// Made by \`turnout types\` from revision "7" of a datafile. To change it, make it again.
import 'turnout/client'

declare module 'turnout/client' {
  interface FlagTypes {
    "banner": {
      variables: {}
      variations: "bold" | "on"
    }
    "checkout": {
      variables: {
        "beta": boolean
        "button_color": string
        "future": string
        "layout": unknown
        "max_items": number
        "price": number
      }
      variations: "bold" | "on"
    }
  }
}`,
    )
  })

  test('knows the variations of holdouts, which users of every flag may be in, running or not', () => {
    const holdout = (id: string, key: string, more: object) => ({
      id,
      key,
      status: 'Draft',
      audienceIds: [],
      variations: [{ id: `${id}v`, key, featureEnabled: false }],
      trafficAllocation: [{ entityId: `${id}v`, endOfRange: 100 }],
      ...more,
    })
    const text = declarations(datafileOf({ holdouts: [holdout('h1', 'held_out', {})] }))
    expect(readFlagTypes(text).get('checkout')?.variations).toEqual(['held_out', 'on'])
  })

  test('takes the last of several variables with one key, as decisions do', () => {
    const variables = [['steps', 'string'] as const, ['steps', 'integer'] as const]
    const text = declarations(datafileOf({ flags: [{ key: 'checkout', variables }] }))
    expect(readFlagTypes(text).get('checkout')?.variables).toEqual(new Map([['steps', 'number']]))
  })

  test('is empty without flags', () => {
    expect(readFlagTypes(declarations(datafileOf({ flags: [] })))).toEqual(new Map())
  })

  test('has no variation for a flag without rules', () => {
    const text = declarations({ ...datafileOf({}), rollouts: [] })
    expect(readFlagTypes(text).get('checkout')).toEqual({ variables: new Map(), variations: [] })
  })

  test('is equal for datafiles that differ in order alone', () => {
    const flags = [
      { key: 'b', variables: [['y', 'string'] as const, ['x', 'json'] as const] },
      { key: 'ä', variables: [] },
      { key: 'a', variables: [] },
      { key: '10', variables: [] },
      { key: '9', variables: [] },
    ]
    const variations = ['on', 'off', 'ß']
    const turned = flags.toReversed().map((flag) => ({ ...flag, variables: flag.variables.toReversed() }))
    expect(declarations(datafileOf({ flags: turned, variations: variations.toReversed() }))).toBe(
      declarations(datafileOf({ flags, variations })),
    )
  })

  test.each([
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '"',
    "'",
    '`',
    '\\',
    '\\"',
    '*/',
    '//',
    'a\nb',
    'a\r\nb',
    'a\u2028b\u2029c',
    '\u0000',
    '\u202eright to left',
    '\ufeff',
    '\ud800',
    '👩🏽‍🚀',
    'größe',
    '',
    ' ',
    '1',
    '1e3',
    'readonly',
    'a-b',
    '}\n}\nexport const x = 1 //',
    '[key: string]',
  ])('keeps %j a text of its own, as a flag, a variable, a variation and a revision', (text) => {
    const variables = [[text, 'boolean'] as const]
    const made = declarations(
      datafileOf({ revision: text || '1', flags: [{ key: text, variables }], variations: [text] }),
    )
    expect(readFlagTypes(made)).toEqual(
      new Map([[text, { variables: new Map([[text, 'boolean']]), variations: [text] }]]),
    )
    expect(made).not.toMatch(/[\0\u202e\ufeff\u2028\u2029\ud800](?![\udc00-\udfff])/)
  })

  test('is read back by TypeScript as it was meant, whatever the keys are', () => {
    const texts = fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 12 }), { maxLength: 6 })
    fc.assert(
      fc.property(texts, texts, texts, (keys, variables, variations) => {
        const typed = variables.map((key) => [key, 'integer'] as const)
        const flags = keys.map((key) => ({ key, variables: typed }))
        const read = readFlagTypes(declarations(datafileOf({ flags, variations })))
        const sorted = variations.toSorted()
        const flag = { variables: new Map(variables.map((key) => [key, 'number'])), variations: sorted }
        expect(read).toEqual(new Map(keys.map((key) => [key, flag])))
      }),
      { numRuns: 200 },
    )
  })
})

describe('turnout types', () => {
  test.each(['audiences', 'demo', 'holdouts-and-groups', 'minimal', 'pages'])(
    'prints declarations for %s.json, and nothing else',
    async (name) => {
      const path = join(ROOT, 'datafiles', `${name}.json`)
      const { exitCode, stdout, stderr } = endedWith(await types(path))
      const { featureFlags } = JSON.parse(await readFile(path, 'utf8'))
      const keys = featureFlags.map(({ key }: { key: string }) => key)
      expect([...readFlagTypes(stdout).keys()]).toEqual(keys.toSorted())
      expect(stderr).toBe('')
      expect(exitCode).toBe(0)
    },
  )

  test('reads what is piped in, and prints the same for it', async () => {
    const path = join(ROOT, 'datafiles/demo.json')
    const piped = await runPiped(['types', '-'], await readFile(path))
    expect(piped).toEqual(await runTurnout(['types', path]))
    expect(piped.exitCode).toBe(0)
  })

  test.each([
    ['that is no JSON', '{', 'stdin:1:2: error: not JSON'],
    ['that is no datafile', '{"version":"5"}', 'stdin:1:12: error: version: expected "2", "3" or "4", found "5"'],
    ['that is not UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'stdin is not UTF-8 text.'],
    ['that is nothing', '', 'stdin:1:1: error: not JSON'],
  ])('refuses input %s, and leaves the declarations empty', async (_, input, expected) => {
    const { exitCode, stdout, stderr } = await runPiped(['types', '-'], input)
    expect(stderr).toContain(expected)
    expect(stdout).toBe('')
    expect(exitCode).toBe(1)
  })

  test('keeps warnings out of the declarations', async () => {
    const file = await temporaryFile('shop.json', JSON.stringify({ ...datafileOf({}), rollouts: [] }))
    const { exitCode, stdout, stderr } = endedWith(await types(file))
    expect(stderr).toContain('warning: featureFlags[0].rolloutId')
    expect(readFlagTypes(stdout).size).toBe(1)
    expect(exitCode).toBe(0)
  })

  test('tells a missing file from an invalid one', async () => {
    const { exitCode, stdout, stderr } = endedWith(await types('/nowhere/shop.json'))
    expect(stderr).toBe('Cannot read /nowhere/shop.json: there is no such file.\n')
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
  })

  test('explains itself', async () => {
    const { exitCode, stdout } = await runTurnout(['types', '--help'])
    expect(stdout).toContain('npx turnout types datafile.json > src/flags.d.ts')
    expect(exitCode).toBe(0)
  })
})

async function runPiped(args: readonly string[], input: string | Uint8Array): Promise<Ended> {
  const child = spawn(process.execPath, [join(ROOT, 'src/cli/turnout.ts'), ...args], { cwd: ROOT })
  child.stdin.end(input)
  const [stdout, stderr] = [child.stdout, child.stderr].map(async (stream) => (await stream.toArray()).join(''))
  const [exitCode] = await once(child, 'close')
  return { exitCode, stdout: (await stdout) ?? '', stderr: (await stderr) ?? '' }
}
