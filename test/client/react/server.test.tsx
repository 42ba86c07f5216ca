import { type ReactElement, Suspense } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import {
  createTestStore,
  DecisionProvider,
  Feature,
  TestDecisionProvider,
  type TestStore,
  useDecision,
  useDecisionStatus,
  useFlag,
  useSuspenseFlag,
  useTrack,
  useVariable,
} from '../../../src/client/react/index.ts'

const VARIABLES = JSON.parse(
  '{"text":"Pay","number":0,"boolean":false,"object":{"a":1},"array":[1],"nothing":null,"__proto__":{"polluted":true}}',
)

const STORE = createTestStore({
  checkout: { variationKey: 'a', variables: VARIABLES },
  off: { enabled: false, variables: { text: 'kept' } },
  plain: true,
})

/** What `read` reads below a provider of this store, as JSON. */
function read(reading: () => unknown, store: TestStore = STORE): unknown {
  function Reader(): ReactElement {
    return <>{JSON.stringify({ value: reading() })}</>
  }
  const html = renderToString(
    <DecisionProvider store={store}>
      <Reader />
    </DecisionProvider>,
  )
  return JSON.parse(html.replaceAll('&quot;', '"')).value
}

describe('useVariable', () => {
  it.each([
    ['a string', 'text', '', 'Pay'],
    ['a number, 0 too', 'number', 7, 0],
    ['a boolean, false too', 'boolean', true, false],
    ['an object', 'object', {}, { a: 1 }],
    ['an array', 'array', [], [1]],
    ['an array where the default is an object: narrow it', 'array', {}, [1]],
    ['a null of JSON', 'nothing', {}, null],
    ['what has the name of a prototype', '__proto__', {}, { polluted: true }],
  ])('is %s', (_, name, otherwise, value) => {
    expect(read(() => useVariable('checkout', name, otherwise))).toEqual(value)
  })

  it.each([
    ['the variable does not exist', 'checkout', 'missing', 'default'],
    ['the flag does not exist', 'missing', 'text', 'default'],
    ['the flag has no variables', 'plain', 'text', 'default'],
    ['a number was expected, and it is a string', 'checkout', 'text', 5],
    ['a string was expected, and it is a number', 'checkout', 'number', 'five'],
    ['a string was expected, and it is an object', 'checkout', 'object', '{}'],
    ['an object was expected, and it is a boolean', 'checkout', 'boolean', { a: 2 }],
    ['it is a method of every object', 'checkout', 'constructor', 'default'],
    ['it is the prototype of every object', 'plain', '__proto__', { own: true }],
    ['the flag is named like a prototype', '__proto__', 'text', 'default'],
    ['the flag is named like a method', 'toString', 'text', 'default'],
  ])('is the default where %s', (_, flagKey, name, otherwise) => {
    expect(read(() => useVariable(flagKey, name, otherwise))).toEqual(otherwise)
  })

  it('is the value of a flag that is off, as decided', () => {
    expect(read(() => useVariable('off', 'text', ''))).toBe('kept')
  })
})

describe('useFlag', () => {
  it.each([
    ['on', 'plain', false, true],
    ['off, whatever the default', 'off', true, false],
    ['the default for a flag that does not exist', 'missing', true, true],
    ['the default for a flag named like a prototype', '__proto__', true, true],
  ])('is %s', (_, flagKey, otherwise, value) => {
    expect(read(() => useFlag(flagKey, otherwise))).toBe(value)
  })

  it('is false before anything is known, unless told', () => {
    const loading = createTestStore({}, { status: { kind: 'loading' } })
    expect(read(() => [useFlag('plain'), useFlag('plain', true)], loading)).toEqual([false, true])
  })
})

describe('a server', () => {
  it('counts nothing: nobody has seen it yet', () => {
    const store = createTestStore({ plain: true })
    expect(read(() => [useFlag('plain'), useDecision('plain')?.enabled], store)).toEqual([true, true])
    expect(store.exposures).toEqual([])
  })

  it('renders what it knew first, which is what is hydrated, though the store has learnt more', () => {
    const store = createTestStore({ plain: false }, { status: { kind: 'loading' } })
    store.decide({ plain: true })
    expect(read(() => [useFlag('plain'), useDecisionStatus().kind], store)).toEqual([false, 'loading'])
  })

  it('waits for nothing', () => {
    const store = createTestStore({}, { status: { kind: 'loading' } })
    const Reader = () => <>{`${useSuspenseFlag('plain', true)}`}</>
    const html = renderToString(
      <DecisionProvider store={store}>
        <Suspense fallback="wait">
          <Reader />
        </Suspense>
      </DecisionProvider>,
    )
    expect(html).toContain('true')
    expect(html).not.toContain('wait')
  })
})

describe('Feature', () => {
  it('is its children, its fallback, or nothing', () => {
    const html = renderToString(
      <TestDecisionProvider decisions={{ on: true, off: false }}>
        <Feature flag="on" fallback="1">
          2
        </Feature>
        <Feature flag="off" fallback="3">
          4
        </Feature>
        <Feature flag="off">5</Feature>
        <Feature flag="missing" fallback="6">
          7
        </Feature>
      </TestDecisionProvider>,
    )
    expect(html.replaceAll('<!-- -->', '')).toBe('236')
  })
})

it.each([
  ['useFlag', () => useFlag('plain')],
  ['useTrack', () => useTrack()],
])('%s throws without a provider, and says what is missing', (_, reading) => {
  const Reader = () => <>{String(reading())}</>
  expect(() => renderToString(<Reader />)).toThrow('No <DecisionProvider> above')
})
