/** A React app whose flags are those of datafiles/demo.json, and what the compiler is to say of it. */

const IMPORTS = `import type { FlagTypes } from 'turnout/client'
import { createTestStore, Feature, useDecision, useFlag, useSuspenseVariable, useVariable } from 'turnout/react'
`

/** What is right, whatever is known of the flags: nothing, or all. */
export const RIGHT = `${IMPORTS}
export function Checkout() {
  const isOn: boolean = useFlag('checkout')
  const text: string = useVariable('checkout', 'button_text', 'Buy')
  const steps: number = useVariable('checkout', 'steps', 3)
  const express: boolean = useSuspenseVariable('checkout', 'express', false)
  const badges = useVariable('checkout', 'badges', { secure: false })
  const isBold = useDecision('checkout')?.variationKey === 'one_page'
  return <Feature flag="banner">{[isOn, text, steps, express, JSON.stringify(badges), isBold].join()}</Feature>
}

export const store = createTestStore({ checkout: { variables: { steps: 2 } } })
export type Known = FlagTypes
`

/** One mistake a line, and the error that the compiler makes of it once it knows the flags. */
export const MISTAKES: readonly (readonly [line: string, error: string])[] = [
  ["useFlag('chekout')", 'TS2345'],
  ["useDecision('chekout')", 'TS2345'],
  ["useVariable('chekout', 'steps', 1)", 'TS2345'],
  ["useVariable('checkout', 'step', 1)", 'TS2345'],
  ["useVariable('banner', 'steps', 1)", 'TS2345'],
  ["useVariable('free_returns', 'steps', 1)", 'TS2345'],
  ["useVariable('checkout', 'steps', 'three')", 'TS2345'],
  ["useVariable('checkout', 'button_text', 1)", 'TS2345'],
  ["useVariable('checkout', 'express', 'true')", 'TS2345'],
  ["useVariable('checkout', 'badges', () => {})", 'TS2345'],
  ["useSuspenseVariable('checkout', 'step', 1)", 'TS2345'],
  ["useDecision('checkout')?.variationKey === 'one-page'", 'TS2367'],
  ["useDecision('checkout')?.variables.step", 'TS2551'],
  ['<Feature flag="chekout" />', 'TS2820'],
  ['createTestStore({ chekout: true })', 'TS2561'],
  ["createTestStore({ checkout: { variables: { steps: 'two' } } })", 'TS2322'],
]

export const WRONG = `${IMPORTS}export function Wrong() {
${MISTAKES.map(([line]) => `  ;${line}`).join('\n')}
}
export type Known = FlagTypes
`

/** Where the mistakes stand in `WRONG`. */
export const FIRST_MISTAKE = IMPORTS.split('\n').length + 1
