import { Component, type ReactElement, type ReactNode, Suspense, startTransition, useEffect, useState } from 'react'
import {
  createTestStore,
  Feature,
  type TestStore,
  useDecision,
  useDecisionStatus,
  useFlag,
  useSuspenseFlag,
  useTrack,
  useVariable,
} from '../../../../src/client/react/index.ts'
import { mount, mountStrictly, offer } from './mount.tsx'

const DECISIONS = {
  decision: { variationKey: 'a', ruleKey: 'rule' },
  flag: { variationKey: 'a' },
  variable: { variables: { steps: 1 } },
  suspense: true,
  off: { enabled: false, variationKey: 'off' },
  on: { variationKey: 'on' },
  unseen: true,
}

function Decision(): ReactElement {
  return <p>{useDecision('decision')?.variationKey}</p>
}

function Readers(): ReactElement {
  useFlag('flag')
  useFlag('nobody knows this')
  useVariable('variable', 'steps', 0)
  useVariable('variable', 'no such name', 0)
  useSuspenseFlag('suspense')
  useDecisionStatus()
  useTrack()
  return (
    <>
      <Decision />
      <Decision />
      <Feature flag="off" fallback="as ever">
        new
      </Feature>
      <Feature flag="on">new</Feature>
    </>
  )
}

const never = new Promise<never>(() => {})

function Suspended(): ReactElement {
  throw never
}

function Broken(): ReactElement {
  throw new Error('broken')
}

class Boundary extends Component<{ children: ReactNode }> {
  override state = { isBroken: false }
  static getDerivedStateFromError() {
    return { isBroken: true }
  }
  override render() {
    return this.state.isBroken ? 'sorry' : this.props.children
  }
}

let open = () => {}

function Page(): ReactElement {
  const [isOpen, setOpen] = useState(false)
  open = () => startTransition(() => setOpen(true))
  return isOpen ? (
    <>
      <Decision />
      <Suspended />
    </>
  ) : (
    <p>first page</p>
  )
}

function Leave({ onShown }: { readonly onShown: () => void }): null {
  useEffect(onShown)
  return null
}

function Brief({ store }: { readonly store: TestStore }): ReactElement | null {
  const [isOpen, setOpen] = useState(true)
  const leave = () => {
    store.decide({ decision: { variationKey: 'b' } })
    setOpen(false)
  }
  return isOpen ? (
    <>
      <Leave onShown={leave} />
      <Decision />
    </>
  ) : null
}

function exposed(store: TestStore): readonly string[] {
  return store.exposures.map(({ userId, flagKey, ruleKey, variationKey }) =>
    [userId, flagKey, ruleKey, variationKey].join(' '),
  )
}

offer({
  'every way to read, strictly': async () => {
    const store = createTestStore(DECISIONS)
    const { text } = await mountStrictly(store, <Readers />)
    return { exposed: exposed(store).toSorted(), text: text() }
  },

  'without strict mode': async () => {
    const store = createTestStore(DECISIONS)
    await mount(store, <Readers />)
    return exposed(store).toSorted()
  },

  'another variation, and the first one again': async () => {
    const store = createTestStore(DECISIONS)
    const { change } = await mountStrictly(store, <Decision />)
    for (const variationKey of ['b', 'a', 'b']) {
      await change(() => store.decide({ decision: { variationKey, ruleKey: 'rule' } }))
    }
    return exposed(store)
  },

  'another user': async () => {
    const store = createTestStore(DECISIONS)
    const { change } = await mountStrictly(store, <Decision />)
    await change(() => store.identify({ userId: 'u2' }))
    await change(() => store.identify({ userId: 'u2', attributes: { country: 'CH' } }))
    return exposed(store)
  },

  'known later': async () => {
    const store = createTestStore({}, { status: { kind: 'loading' } })
    const { change } = await mountStrictly(store, <Readers />)
    const before = exposed(store)
    await change(() => store.decide({ decision: DECISIONS.decision, unseen: true }))
    return [before, exposed(store)]
  },

  'beside something that is suspended': async () => {
    const store = createTestStore(DECISIONS)
    const { text } = await mountStrictly(
      store,
      <Suspense fallback="wait">
        <Decision />
        <Suspended />
      </Suspense>,
    )
    return { text: text(), exposed: exposed(store) }
  },

  'in a transition that is never finished': async () => {
    const store = createTestStore(DECISIONS)
    const { change, text } = await mountStrictly(
      store,
      <Suspense fallback="wait">
        <Page />
      </Suspense>,
    )
    await change(() => open())
    return { text: text(), exposed: exposed(store) }
  },

  'decided as the component leaves': async () => {
    const store = createTestStore(DECISIONS)
    const { text } = await mount(store, <Brief store={store} />)
    return { text: text(), exposed: exposed(store) }
  },

  'in a render that throws': async () => {
    const store = createTestStore(DECISIONS)
    // React reports what a boundary has caught, which is no problem here.
    console.error = () => {}
    addEventListener('error', (event) => event.preventDefault())
    const { text } = await mountStrictly(
      store,
      <Boundary>
        <Decision />
        <Broken />
      </Boundary>,
    )
    return { text: text(), exposed: exposed(store) }
  },
})
