import type { ReactNode } from 'react'
import { useVariable } from 'turnout/react'
import type { Coffee } from './coffees.ts'

/** A coffee in the basket, and how many bags of it. */
export interface Line {
  readonly coffee: Coffee
  readonly count: number
}

export interface BasketProps {
  readonly lines: readonly Line[]
  readonly onClose: () => void
}

/** The flag `checkout` is read here and nowhere else: who never opens the basket has not seen its variation. */
export function Basket({ lines, onClose }: BasketProps): ReactNode {
  const total = lines.reduce((sum, { coffee, count }) => sum + coffee.price * count, 0)
  const checkout = useVariable('checkout', 'button_text', 'Go to checkout')
  const promise = useVariable('checkout', 'promise', '')
  return (
    <aside className="basket" aria-label="Basket">
      <div className="basket-head">
        <h2>Your basket</h2>
        <button type="button" className="close" aria-label="Close" onClick={onClose}>
          ×
        </button>
      </div>
      {lines.length === 0 ? <p className="small">Nothing in it yet.</p> : null}
      <ul className="lines">
        {lines.map(({ coffee, count }) => (
          <li key={coffee.key}>
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <rect width="10" height="10" rx="3" fill={coffee.colours.bag} />
            </svg>
            {coffee.name} <span className="small">× {count}</span>
            <span className="price">€ {coffee.price * count}</span>
          </li>
        ))}
      </ul>
      <p className="total">
        Together <span className="price">€ {total}</span>
      </p>
      <button type="button" className="button" id="checkout">
        {checkout}
      </button>
      <p className="small">{promise}</p>
    </aside>
  )
}
