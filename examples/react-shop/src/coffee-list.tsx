import type { ReactNode } from 'react'
import { useTrack } from 'turnout/react'
import { CoffeeBag } from './coffee-bag.tsx'
import { COFFEES, type Coffee } from './coffees.ts'

export function CoffeeList({ onAdd }: { readonly onAdd: (coffee: Coffee) => void }): ReactNode {
  const track = useTrack()
  const add = (coffee: Coffee) => {
    onAdd(coffee)
    track('add_to_basket', { value: coffee.price, coffee: coffee.key })
  }
  return (
    <section className="wrap coffees" id="coffees">
      <div className="coffees-head">
        <h2>This week’s coffees</h2>
        <p className="small">Four bags, one roaster, no blends that hide something.</p>
      </div>
      <ul className="cards">
        {COFFEES.map((coffee) => (
          <Card key={coffee.key} coffee={coffee} onAdd={add} />
        ))}
      </ul>
    </section>
  )
}

function Card({ coffee, onAdd }: { readonly coffee: Coffee; readonly onAdd: (coffee: Coffee) => void }): ReactNode {
  return (
    <li className="card">
      <svg viewBox="-70 -30 340 340" aria-hidden="true">
        <rect x="-70" y="-30" width="340" height="340" rx="18" fill={coffee.colours.tint} />
        <CoffeeBag coffee={coffee} />
      </svg>
      <h3>{coffee.name}</h3>
      <p className="small">{coffee.origin}</p>
      <p className="notes">{coffee.notes}</p>
      <div className="card-foot">
        <span className="price">€ {coffee.price}</span>
        <button type="button" className="add" onClick={() => onAdd(coffee)} aria-label={`Add ${coffee.name}`}>
          Add
        </button>
      </div>
    </li>
  )
}
