import { type ReactElement, Suspense } from 'react'
import {
  createTestStore,
  type TestStore,
  useSuspenseDecision,
  useSuspenseFlag,
  useSuspenseVariable,
} from '../../../../src/client/react/index.ts'
import { type Mounted, mountStrictly, offer } from './mount.tsx'

function Checkout(): ReactElement {
  const decision = useSuspenseDecision('checkout')
  const isOn = useSuspenseFlag('checkout', false)
  return <p>{`${decision?.variationKey} ${isOn} ${useSuspenseVariable('checkout', 'steps', 3)}`}</p>
}

function waiting(store: TestStore): Promise<Mounted> {
  return mountStrictly(
    store,
    <Suspense fallback="wait">
      <Checkout />
    </Suspense>,
  )
}

const DECISIONS = { checkout: { variationKey: 'a', variables: { steps: 1 } } }
const ERROR = { code: 'network', message: 'offline' } as const

offer({
  'known later': async () => {
    const store = createTestStore({}, { status: { kind: 'loading' } })
    const { change, text } = await waiting(store)
    const before = [text(), store.exposures.length]
    await change(() => store.decide(DECISIONS))
    return [...before, text(), store.exposures.length]
  },

  'known at once': async () => (await waiting(createTestStore(DECISIONS))).text(),

  'no such flag': async () => {
    const store = createTestStore({}, { status: { kind: 'loading' } })
    const { change, text } = await waiting(store)
    await change(() => store.decide({ other: true }))
    return text()
  },

  'could not be fetched': async () =>
    (await waiting(createTestStore({}, { status: { kind: 'failed', error: ERROR } }))).text(),

  'last known': async () =>
    (await waiting(createTestStore(DECISIONS, { status: { kind: 'stale', error: ERROR } }))).text(),

  'closed while loading': async () => {
    const store = createTestStore({}, { status: { kind: 'loading' } })
    const { change, text } = await waiting(store)
    await change(() => store.close())
    return text()
  },
})
