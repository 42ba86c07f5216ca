import { configureStore, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { useEffect } from 'react'
import { useSelector } from 'react-redux'
import type { Snapshot } from 'turnout/client'
import { flags } from './flags.ts'

const initialState: { known: Snapshot } = { known: flags.getSnapshot() }
const reducers = { known: (_: unknown, { payload }: PayloadAction<Snapshot>) => ({ known: payload }) }
const slice = createSlice({ name: 'flags', initialState, reducers })
export const store = configureStore({ reducer: { flags: slice.reducer } })
flags.subscribe(() => store.dispatch(slice.actions.known(flags.getSnapshot())))

export function Pay() {
  const checkout = useSelector((state: ReturnType<typeof store.getState>) => state.flags.known.decisions.checkout)
  useEffect(() => checkout && flags.expose(checkout.flagKey), [checkout])
  return <button type="button">{`${checkout?.variables.button_text ?? 'Buy'}`}</button>
}
