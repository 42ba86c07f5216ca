import type { ReactNode } from 'react'
import { Customers } from './customers.tsx'

export interface HeaderProps {
  /** How many bags are in the basket. */
  readonly count: number
  readonly onBasket: () => void
}

export function Header({ count, onBasket }: HeaderProps): ReactNode {
  return (
    <header className="top">
      <div className="wrap top-row">
        <a className="brand" href="/">
          <img src="/mark.svg" alt="" width="36" height="36" /> Tern
        </a>
        <Customers />
        <button type="button" className="basket-button" onClick={onBasket}>
          Basket <span className="count">{count}</span>
        </button>
      </div>
    </header>
  )
}
