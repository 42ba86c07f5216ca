import { expect, it, vi } from 'vitest'
import { createTestStore } from '../../../src/client/react/index.ts'

it('keeps what says the same, and tells of what does not', () => {
  const store = createTestStore({ a: { variables: { list: [1, { b: 2 }] } }, b: true })
  const [before, a] = [store.getSnapshot(), store.get('a')]
  const listener = vi.fn()
  store.subscribe(listener)
  store.decide({ a: { variables: { list: [1, { b: 2 }] } }, b: true })
  expect([store.getSnapshot() === before, listener.mock.calls.length]).toEqual([true, 0])
  store.decide({ a: { variables: { list: [1, { b: 2 }] } }, b: false })
  expect([store.get('a') === a, store.get('b')?.enabled, listener.mock.calls.length]).toEqual([true, false, 1])
})

it('fills in what is left out', () => {
  const none = { variationKey: null, ruleKey: null, variables: {} }
  const store = createTestStore({ on: true, off: false, empty: {}, unknown: undefined })
  expect({ ...store.getSnapshot().decisions }).toEqual({
    on: { flagKey: 'on', enabled: true, ...none },
    off: { flagKey: 'off', enabled: false, ...none },
    empty: { flagKey: 'empty', enabled: true, ...none },
  })
})

it('has keys of prototypes only where they were given', () => {
  const store = createTestStore(JSON.parse('{"__proto__": true}'))
  expect([store.get('__proto__')?.enabled, store.get('constructor'), store.get('toString')]).toEqual([
    true,
    undefined,
    undefined,
  ])
})

it('lets callers wait for decisions', async () => {
  const store = createTestStore({}, { status: { kind: 'loading' } })
  const [asked, identified] = [store.refresh(), store.identify({ userId: 'u2' })]
  store.decide({ a: true })
  expect([(await asked).status.kind, (await identified).user.userId]).toEqual(['ready', 'u2'])
})

it('ends every wait when it is closed, and does nothing afterwards', async () => {
  const store = createTestStore({}, { status: { kind: 'loading' } })
  const asked = store.refresh()
  store.close()
  store.decide({ a: true })
  store.expose('a')
  store.track('purchase')
  expect([(await asked).status.kind, (await store.refresh()).status.kind]).toEqual(['loading', 'loading'])
  expect([store.get('a'), store.exposures, store.conversions]).toEqual([undefined, [], []])
})

it('needs no `this`, as the store of an app', () => {
  const { subscribe, getSnapshot, get, expose, track, identify, refresh, close, exposures } = createTestStore({
    a: true,
  })
  const end = subscribe(() => {})
  expose('a')
  track('purchase')
  void identify({ userId: 'u2' })
  void refresh()
  end()
  close()
  expect([getSnapshot().user.userId, get('a')?.enabled, exposures.length]).toEqual(['u2', true, 1])
})
