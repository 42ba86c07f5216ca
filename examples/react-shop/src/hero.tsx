import type { ReactNode } from 'react'
import { useVariable } from 'turnout/react'
import { Dawn, Day } from './scenes.tsx'

/** What is seen first. The experiment `hero_test` decides its words, and which of two pictures they stand in. */
export function Hero(): ReactNode {
  const isDawn = useVariable('hero', 'mood', 'day') === 'dawn'
  return (
    <section className={isDawn ? 'hero dawn' : 'hero'}>
      <div className="wrap hero-row">
        <div className="hero-text">
          <p className="kicker">Small-batch roasters, Hiddensee</p>
          <h1>{useVariable('hero', 'headline', 'Coffee for slow mornings.')}</h1>
          <p className="lead">{useVariable('hero', 'lead', 'Roasted by hand, and sent the day it cools.')}</p>
          <a className="button" href="#coffees">
            {useVariable('hero', 'button_text', 'See the coffees')}
          </a>
        </div>
        {isDawn ? null : <Day />}
      </div>
      {isDawn ? <Dawn /> : null}
    </section>
  )
}
