/** A kettle to put together: two views under /react, with state that re-renders, and navigation without a page load. */
import { type MouseEvent, type ReactNode, useEffect, useState } from 'react'

const COLOURS = [
  { key: 'moss', name: 'Moss', body: '#40594a', dark: '#344a3d' },
  { key: 'clay', name: 'Clay', body: '#b4552d', dark: '#8f4222' },
  { key: 'harbour', name: 'Harbour', body: '#3f6a80', dark: '#33576a' },
] as const

type Colour = (typeof COLOURS)[number]

const EXTRAS = [
  { key: 'whistle', name: 'A whistle in two notes', price: 9 },
  { key: 'infuser', name: 'A steel infuser for tea', price: 14 },
  { key: 'engraving', name: 'Your initials on the knob', price: 19 },
] as const

const PRICE = 89
const HOME = '/react'
const CARE = '/react/care'

/** `path` is the view that the page is about: `/react` or `/react/care`. */
export function KettleApp({ path }: { readonly path: string }): ReactNode {
  const [shown, setShown] = useState(path)
  useEffect(() => {
    const follow = () => setShown(location.pathname)
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [])
  const go = (event: MouseEvent<HTMLAnchorElement>) => {
    event.preventDefault()
    const { pathname } = new URL(event.currentTarget.href)
    if (pathname === location.pathname) return
    history.pushState(null, '', pathname)
    setShown(pathname)
  }
  return (
    <>
      <nav className="tabs" aria-label="Kettle">
        {[
          [HOME, 'Make yours'],
          [CARE, 'Care'],
        ].map(([href, text]) => (
          <a key={href} href={href} onClick={go} aria-current={href === shown ? 'page' : undefined}>
            {text}
          </a>
        ))}
      </nav>
      {shown === CARE ? <Care /> : <Configurator />}
    </>
  )
}

function Configurator(): ReactNode {
  const [colour, setColour] = useState<Colour>(COLOURS[0])
  const [count, setCount] = useState(1)
  const [extras, setExtras] = useState<readonly string[]>(['whistle'])
  const toggle = (key: string) =>
    setExtras(extras.includes(key) ? extras.filter((each) => each !== key) : [...extras, key])
  const chosen = EXTRAS.filter(({ key }) => extras.includes(key))
  const total = count * chosen.reduce((sum, { price }) => sum + price, PRICE)
  return (
    <section className="detail">
      <Picture colour={colour} />
      <div className="detail-text">
        <p className="kicker">Made to order</p>
        <h1 className="title" id="kettle-title">
          Your kettle in {colour.name.toLowerCase()}
        </h1>
        <p className="lead" id="kettle-lead">
          Enamelled to order in Lower Saxony, and with you in two weeks.
        </p>
        <fieldset className="choice">
          <legend>Colour</legend>
          <div className="options">
            {COLOURS.map((each) => (
              <button
                key={each.key}
                type="button"
                className="option"
                data-colour={each.key}
                aria-pressed={each === colour}
                onClick={() => setColour(each)}
              >
                <svg viewBox="0 0 20 20" aria-hidden="true">
                  <circle cx="10" cy="10" r="10" fill={each.body} />
                </svg>
                {each.name}
              </button>
            ))}
          </div>
        </fieldset>
        <fieldset className="choice">
          <legend>Extras</legend>
          <ul className="facts" id="extras">
            {EXTRAS.map(({ key, name, price }) => (
              <li key={key} id={`extra-${key}`}>
                <label>
                  <input type="checkbox" checked={extras.includes(key)} onChange={() => toggle(key)} /> {name}, €{' '}
                  {price}
                </label>
              </li>
            ))}
          </ul>
        </fieldset>
        <div className="choice">
          <p className="choice-title">How many</p>
          <Stepper count={count} onChange={setCount} />
        </div>
        <p className="price large" id="kettle-total">
          € {total}
        </p>
        <div className="actions" id="kettle-actions">
          <button type="button" className="button" id="kettle-order" data-add="kettle">
            Add to basket
          </button>
        </div>
      </div>
    </section>
  )
}

function Stepper({ count, onChange }: { readonly count: number; readonly onChange: (count: number) => void }) {
  return (
    <div className="stepper">
      <button type="button" id="fewer" aria-label="One fewer" onClick={() => onChange(Math.max(1, count - 1))}>
        −
      </button>
      <output id="kettle-count">{count}</output>
      <button type="button" id="more" aria-label="One more" onClick={() => onChange(count + 1)}>
        +
      </button>
    </div>
  )
}

function Picture({ colour }: { readonly colour: Colour }): ReactNode {
  return (
    <svg className="detail-picture" viewBox="0 0 480 480" role="img" aria-label={`A kettle in ${colour.name}`}>
      <rect width="480" height="480" fill="#ece6d9" />
      <circle cx="240" cy="214" r="172" fill="#f5f0e6" />
      <ellipse cx="244" cy="386" rx="150" ry="15" fill="#26221d" opacity=".14" />
      <path d="M158 220C150 92 330 92 322 220" fill="none" stroke="#8a5a36" strokeWidth="17" strokeLinecap="round" />
      <path d="M322 286c40-8 48-52 82-76l20 20c-30 30-38 98-96 112z" fill={colour.dark} />
      <path
        d="M134 262c0-38 48-58 106-58s106 20 106 58l18 82c5 24-10 42-34 42H150c-24 0-39-18-34-42z"
        fill={colour.body}
      />
      <path d="M154 266c2-22 28-38 62-44-24 26-36 70-38 140h-26c-16 0-24-12-20-28z" fill="#fff" opacity=".1" />
      <path d="M180 212c4-30 116-30 120 0-30 12-90 12-120 0z" fill={colour.body} stroke={colour.dark} />
      <rect x="233" y="172" width="14" height="20" rx="4" fill={colour.dark} />
      <circle cx="240" cy="168" r="14" fill="#8a5a36" />
    </svg>
  )
}

function Care(): ReactNode {
  return (
    <section>
      <p className="kicker">Made to order</p>
      <h1 className="title" id="care-title">
        How to look after it
      </h1>
      <p className="lead" id="care-lead">
        Ten minutes a month, and it will outlive its owner.
      </p>
      <div className="choice">
        <ol className="steps" id="care-steps">
          <li>Boil a litre of water with two spoons of citric acid, and pour it away.</li>
          <li>Wipe the enamel with a soft cloth. No steel wool.</li>
          <li>Oil the handle with a drop of linseed oil.</li>
        </ol>
      </div>
    </section>
  )
}
