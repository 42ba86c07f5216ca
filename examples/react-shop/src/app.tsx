import { type ReactNode, StrictMode, useState } from 'react'
import type { DecisionStore } from 'turnout/client'
import { DecisionProvider } from 'turnout/react'
import { Basket, type Line } from './basket.tsx'
import { CoffeeList } from './coffee-list.tsx'
import type { Coffee } from './coffees.ts'
import { Header } from './header.tsx'
import { Hero } from './hero.tsx'
import { Notices } from './notices.tsx'

/** The same in the browser and on the server. */
export function App({ store }: { readonly store: DecisionStore }): ReactNode {
  return (
    <StrictMode>
      <DecisionProvider store={store}>
        <Shop />
      </DecisionProvider>
    </StrictMode>
  )
}

function Shop(): ReactNode {
  const [lines, setLines] = useState<readonly Line[]>([])
  const [isOpen, setOpen] = useState(false)
  const count = lines.reduce((sum, line) => sum + line.count, 0)
  return (
    <>
      <Notices />
      <Header count={count} onBasket={() => setOpen(!isOpen)} />
      <main>
        <Hero />
        <CoffeeList onAdd={(coffee) => setLines(withOneMore(lines, coffee))} />
      </main>
      <footer className="foot">
        <p className="wrap small">A shop that sells nothing: it is Turnout’s example of an app with decisions.</p>
      </footer>
      {isOpen ? <Basket lines={lines} onClose={() => setOpen(false)} /> : null}
    </>
  )
}

function withOneMore(lines: readonly Line[], coffee: Coffee): readonly Line[] {
  const before = lines.find((line) => line.coffee === coffee)
  if (before === undefined) return [...lines, { coffee, count: 1 }]
  return lines.map((line) => (line === before ? { coffee, count: line.count + 1 } : line))
}
