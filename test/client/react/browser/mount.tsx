import { act, type ReactElement, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { DecisionProvider, type TestStore } from '../../../../src/client/react/index.ts'

/** What a test may ask for by name; what it comes to has to be JSON. */
export type Scenarios = Readonly<Record<string, () => Promise<unknown>>>

export function offer(scenarios: Scenarios): void {
  Object.assign(globalThis, { scenarios, IS_REACT_ACT_ENVIRONMENT: true })
}

export interface Mounted {
  text(): string
  change(update: () => unknown): Promise<void>
  render(app: ReactElement): Promise<void>
}

/** Renders an app below a provider of this store, and waits until it is committed. */
export async function mount(store: TestStore, app: ReactElement): Promise<Mounted> {
  const place = document.body.appendChild(document.createElement('main'))
  const root = createRoot(place)
  const change = (update: () => unknown) =>
    act(async () => {
      await update()
    })
  const render = (next: ReactElement) =>
    change(() => root.render(<DecisionProvider store={store}>{next}</DecisionProvider>))
  await render(app)
  return { text: () => place.innerText, change, render }
}

/** As `mount`, in the mode in which React runs everything twice. */
export function mountStrictly(store: TestStore, app: ReactElement): Promise<Mounted> {
  return mount(store, <StrictMode>{app}</StrictMode>)
}
