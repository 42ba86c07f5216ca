import type { ReactElement, ReactNode } from 'react'
import type { FlagKey } from '../flag-types.ts'
import { useFlag } from './use-flag.ts'

export interface FeatureProps {
  readonly flag: FlagKey
  /** Where the flag is off, not known yet, or does not exist; nothing unless told. */
  readonly fallback?: ReactNode
  readonly children?: ReactNode
}

/** Its children where the flag is on. Seeing the fallback counts as well, when the flag is known to be off. */
export function Feature({ flag, fallback, children }: FeatureProps): ReactElement {
  return <>{useFlag(flag) ? children : fallback}</>
}
