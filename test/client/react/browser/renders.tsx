import type { ReactElement } from 'react'
import {
  createTestStore,
  DecisionProvider,
  TestDecisionProvider,
  type TestStore,
  useDecision,
  useDecisionStatus,
  useDecisionStore,
  useFlag,
  useTrack,
  useVariable,
} from '../../../../src/client/react/index.ts'
import { mount, offer } from './mount.tsx'

const renders: Record<string, number> = {}

function Counted({ flag }: { readonly flag: string }): ReactElement {
  renders[flag] = (renders[flag] ?? 0) + 1
  const decision = useDecision(flag)
  useFlag(flag)
  useVariable(flag, 'steps', 0)
  return <p>{`${flag} ${decision?.variationKey}`}</p>
}

const BOTH = (
  <>
    <Counted flag="mine" />
    <Counted flag="other" />
  </>
)

function decisions(mine: string, other: string) {
  return {
    mine: { variationKey: mine, variables: { steps: 1, list: ['a', { b: null }] } },
    other: { variationKey: other },
  }
}

offer({
  'another flag changes': async () => {
    const store = createTestStore(decisions('a', 'a'))
    const { change, text } = await mount(store, BOTH)
    await change(() => store.decide(decisions('a', 'b')))
    return { renders, text: text() }
  },

  'the same is decided again': async () => {
    const store = createTestStore(decisions('a', 'a'))
    const { change } = await mount(store, BOTH)
    await change(() => store.decide(decisions('a', 'a')))
    await change(() => store.refresh())
    return renders
  },

  'a flag appears and goes': async () => {
    const store = createTestStore({ other: true })
    const { change, text } = await mount(store, <Counted flag="mine" />)
    const seen = [text()]
    await change(() => store.decide(decisions('a', 'a')))
    seen.push(text())
    await change(() => store.decide({}))
    return [...seen, text()]
  },

  'the component reads another flag': async () => {
    const store = createTestStore(decisions('a', 'b'))
    const { render, text } = await mount(store, <Counted flag="mine" />)
    await render(<Counted flag="other" />)
    return { text: text(), exposed: store.exposures.map(({ flagKey }) => flagKey) }
  },

  'the store is another': async () => {
    const stores = [createTestStore(decisions('a', 'a')), createTestStore(decisions('b', 'b'))] as const
    const app = (store: TestStore) => (
      <DecisionProvider store={store}>
        <Counted flag="mine" />
      </DecisionProvider>
    )
    const { render, change, text } = await mount(createTestStore(), app(stores[0]))
    const seen = [text()]
    await render(app(stores[1]))
    seen.push(text())
    await change(() => stores[0].decide({}))
    return { seen: [...seen, text()], exposures: stores.map(({ exposures }) => exposures.length) }
  },

  'fixed decisions change with the props': async () => {
    const store = createTestStore()
    const app = (enabled: boolean) => (
      <TestDecisionProvider decisions={{ mine: { enabled, variationKey: `${enabled}` } }}>
        <Counted flag="mine" />
      </TestDecisionProvider>
    )
    const { render, text } = await mount(store, app(true))
    const seen = [text()]
    await render(app(false))
    return [...seen, text(), store.exposures]
  },

  'status and track': async () => {
    const store = createTestStore({}, { status: { kind: 'loading' } })
    const tracks = new Set<unknown>()
    function Purchase(): ReactElement {
      const track = useTrack()
      tracks.add(track)
      const { identify } = useDecisionStore()
      return (
        <>
          <p>{useDecisionStatus().kind}</p>
          <button type="button" id="buy" onClick={() => track('purchase', { revenue: 4200 })} />
          <button type="button" id="login" onClick={() => identify({ userId: 'u2' })} />
        </>
      )
    }
    const { change, text } = await mount(store, <Purchase />)
    const seen = [text()]
    await change(() => store.decide({ mine: true }))
    seen.push(text())
    for (const id of ['buy', 'login', 'buy']) await change(() => document.getElementById(id)?.click())
    return { seen, tracks: tracks.size, conversions: store.conversions, exposures: store.exposures }
  },
})
