import type { ReactNode } from 'react'
import type { Coffee } from './coffees.ts'

/** A bag of coffee, 200 wide and 280 high, to be placed in a drawing. */
export function CoffeeBag({ coffee }: { readonly coffee: Coffee }): ReactNode {
  const { bag, shade } = coffee.colours
  return (
    <g>
      <ellipse cx="100" cy="272" rx="92" ry="7" fill="#17303b" opacity=".16" />
      <path d="M27 46H173L183 262Q184 272 174 272H26Q16 272 17 262Z" fill={bag} />
      <path d="M148 46H173L183 262Q184 272 174 272H158Z" fill={shade} opacity=".55" />
      <path d="M27 46 31 16Q32 8 40 8H160Q168 8 169 16L173 46Z" fill={shade} />
      <path d="M24 38H176V47H24Z" fill="#fff" opacity=".22" />
      <rect x="40" y="76" width="120" height="150" rx="5" fill="#fbf7ee" />
      <Art coffee={coffee} />
      <text x="100" y="184" textAnchor="middle" className="bag-name" fill="#17303b">
        {coffee.name}
      </text>
      <text x="100" y="206" textAnchor="middle" className="bag-small" fill="#17303b">
        TERN · 250 G
      </text>
    </g>
  )
}

/** The picture on the label, 104 by 74. */
function Art({ coffee: { art, colours } }: { readonly coffee: Coffee }): ReactNode {
  return (
    <svg x="48" y="84" width="104" height="74" viewBox="0 0 104 74" aria-hidden="true">
      <rect width="104" height="74" rx="2" fill={art === 'moon' ? colours.bag : colours.tint} />
      {PICTURES[art]}
    </svg>
  )
}

const PICTURES: Readonly<Record<Coffee['art'], ReactNode>> = {
  waves: (
    <>
      <circle cx="76" cy="22" r="11" fill="#f2b46a" />
      <path d="M0 44q13-12 26 0t26 0 26 0 26 0V74H0Z" fill="#7fb0b3" />
      <path d="M0 56q13-12 26 0t26 0 26 0 26 0V74H0Z" fill="#2f6f7e" />
      <path d="M30 40h34l-6 12H36Z" fill="#fbf7ee" />
      <path d="M46 18v22M46 20l15 16H46Z" fill="#e0673f" stroke="#17303b" strokeWidth="1.5" />
    </>
  ),
  sun: (
    <>
      <circle cx="52" cy="58" r="42" fill="#f4b78f" />
      <circle cx="52" cy="58" r="30" fill="#ec8a5c" />
      <circle cx="52" cy="58" r="18" fill="#e0673f" />
      <path d="M0 58H104V74H0Z" fill="#23545f" />
      <path d="M36 63h32M42 68h20" stroke="#f4b78f" strokeWidth="2" strokeLinecap="round" />
    </>
  ),
  hills: (
    <>
      <circle cx="30" cy="20" r="9" fill="#e0673f" />
      <path d="M0 46 34 22 62 46 82 30 104 48V74H0Z" fill="#e3bd6b" />
      <path d="M0 58q26-20 52-4t52-6V74H0Z" fill="#8a9a5b" />
      <path d="M0 68q30-14 60-4t44-4V74H0Z" fill="#5d7043" />
    </>
  ),
  moon: (
    <>
      <circle cx="58" cy="30" r="17" fill="#f3e6c0" />
      <circle cx="66" cy="25" r="15" fill="#2a3550" />
      <path
        d="M18 16v6M15 19h6M84 46v6M81 49h6M30 44v4M28 46h4"
        stroke="#f3e6c0"
        strokeWidth="1.6"
        strokeLinecap="round"
      />
      <path d="M0 58q13-9 26 0t26 0 26 0 26 0V74H0Z" fill="#46557b" />
    </>
  ),
}
