import { useEffect } from 'react'
import { create } from 'zustand'
import { flags } from './flags.ts'

const useFlags = create(() => flags.getSnapshot())
flags.subscribe(() => useFlags.setState(flags.getSnapshot()))

export function Pay() {
  const checkout = useFlags(({ decisions }) => decisions.checkout)
  useEffect(() => checkout && flags.expose(checkout.flagKey), [checkout])
  return <button type="button">{`${checkout?.variables.button_text ?? 'Buy'}`}</button>
}
