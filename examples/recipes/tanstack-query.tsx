import { QueryClient, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { flags } from './flags.ts'

const staleTime = Number.POSITIVE_INFINITY
const query = { queryKey: ['flags'], queryFn: flags.refresh, initialData: flags.getSnapshot, staleTime }
export const client = new QueryClient()
flags.subscribe(() => client.setQueryData(query.queryKey, flags.getSnapshot()))

export function Pay() {
  const { checkout } = useQuery(query).data.decisions
  useEffect(() => checkout && flags.expose(checkout.flagKey), [checkout])
  return <button type="button">{`${checkout?.variables.button_text ?? 'Buy'}`}</button>
}
