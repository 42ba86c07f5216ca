import type { ReactNode } from 'react'
import { CoffeeBag } from './coffee-bag.tsx'
import { COFFEES } from './coffees.ts'

const [FERRY, SUN, HILLS, NIGHT] = COFFEES

/** A quiet morning: three bags and a cup on the sill. */
export function Day(): ReactNode {
  return (
    <svg className="scene" viewBox="0 0 640 560" role="img" aria-label="Three bags of coffee and a cup by the window">
      <rect width="640" height="560" rx="28" fill="#dfe9e4" />
      <path d="M120 470V210a200 200 0 0 1 400 0v260Z" fill="#f7f1e5" />
      <path d="M138 470V212a182 182 0 0 1 364 0v258Z" fill="#bfd8d8" />
      <circle cx="400" cy="176" r="46" fill="#f4c97f" />
      <path d="M138 318q46-26 91 0t91 0 91 0 91 0v152H138Z" fill="#8fb8ba" />
      <path d="M138 356q46-26 91 0t91 0 91 0 91 0v114H138Z" fill="#5f979d" />
      <path d="M312 30h16v440h-16Z" fill="#f7f1e5" />
      <path d="M0 462H640V532a28 28 0 0 1-28 28H28a28 28 0 0 1-28-28Z" fill="#c98f5a" />
      <path d="M0 462H640V478H0Z" fill="#dba874" />
      <g transform="translate(84 190)">
        <CoffeeBag coffee={FERRY} />
      </g>
      <g transform="translate(368 208) scale(.95)">
        <CoffeeBag coffee={HILLS} />
      </g>
      <g transform="translate(226 214)">
        <CoffeeBag coffee={SUN} />
      </g>
      <g transform="translate(540 398)">
        <ellipse cx="26" cy="96" rx="56" ry="7" fill="#17303b" opacity=".16" />
        <path d="M54 24c34-6 34 44-6 40" fill="none" stroke="#fbf7ee" strokeWidth="10" />
        <path d="M-14 8H64L58 74q-2 20-20 20H12Q-6 94-8 74Z" fill="#fbf7ee" />
        <ellipse cx="25" cy="8" rx="39" ry="8" fill="#efe4d0" />
        <ellipse cx="25" cy="9" rx="32" ry="5.5" fill="#5b3a29" />
        <path
          d="M14-14c-9-13 9-19 0-34M36-14c-9-13 9-19 0-34"
          fill="none"
          stroke="#fff"
          strokeWidth="5"
          strokeLinecap="round"
          opacity=".85"
        />
      </g>
    </svg>
  )
}

/** The same bags before a sunrise that fills the page. */
export function Dawn(): ReactNode {
  return (
    <svg
      className="scene"
      viewBox="0 0 1440 430"
      preserveAspectRatio="xMidYMax slice"
      role="img"
      aria-label="Four bags of coffee before the rising sun"
    >
      <circle cx="720" cy="400" r="400" fill="#274353" />
      <circle cx="720" cy="400" r="320" fill="#5a4c58" />
      <circle cx="720" cy="400" r="245" fill="#a85a4c" />
      <circle cx="720" cy="400" r="175" fill="#e8743f" />
      <circle cx="720" cy="400" r="110" fill="#f7b267" />
      <path
        d="M0 342q60-22 120 0t120 0 120 0 120 0 120 0 120 0 120 0 120 0 120 0 120 0 120 0 120 0V430H0Z"
        fill="#1f4552"
      />
      <path
        d="M0 384q60-22 120 0t120 0 120 0 120 0 120 0 120 0 120 0 120 0 120 0 120 0 120 0 120 0V430H0Z"
        fill="#173844"
      />
      <g transform="translate(372 150) rotate(-5 100 270) scale(.9)">
        <CoffeeBag coffee={FERRY} />
      </g>
      <g transform="translate(888 150) rotate(5 100 270) scale(.9)">
        <CoffeeBag coffee={NIGHT} />
      </g>
      <g transform="translate(530 124)">
        <CoffeeBag coffee={HILLS} />
      </g>
      <g transform="translate(714 124)">
        <CoffeeBag coffee={SUN} />
      </g>
    </svg>
  )
}
