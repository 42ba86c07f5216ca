import type { TurnoutBinding } from '../../src/worker.ts'

type Decision = Extract<Awaited<ReturnType<TurnoutBinding['decide']>>, { ok: true }>['decision']

export interface Checkout {
  readonly steps: number
  readonly buttonText: string
  /** For the shop's own analytics; `null` where Turnout has not been heard. */
  readonly variation: string | null
}

export const BY_DEFAULT: Checkout = { steps: 3, buttonText: 'Continue', variation: null }

/** What the checkout is for a user. Variables are as the datafile has them, and whoever edits it may change their types. */
export function readCheckout({ enabled, variables, variationKey }: Decision): Checkout {
  const { steps, button_text: buttonText } = variables
  return {
    steps: enabled && typeof steps === 'number' ? steps : BY_DEFAULT.steps,
    buttonText: enabled && typeof buttonText === 'string' ? buttonText : BY_DEFAULT.buttonText,
    variation: variationKey,
  }
}
