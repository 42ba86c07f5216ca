/** What the collector is told an event was worth: as the SDK reads it, oddities included (source: its event tag utilities). */

type EventTags = Readonly<Record<string, unknown>>

/**
 * `revenue`, in cents: what is whole of a number, or the number that a text begins with (`0x10` is 16). `null` for
 * anything that is no number, and for none.
 */
export function readRevenue({ revenue }: EventTags): number | null {
  if (revenue === undefined || revenue === null) return null
  const parsed = typeof revenue === 'string' ? Number.parseInt(revenue) : Math.trunc(Number(revenue))
  return Number.isFinite(parsed) ? parsed : null
}

/** `value`: a number, or the one that a text begins with. What merely counts as a number, such as `true`, stays what it is. */
export function readValue({ value }: EventTags): unknown {
  if (value === undefined || value === null) return null
  const parsed = typeof value === 'string' ? Number.parseFloat(value) : value
  return Number.isFinite(Number(parsed)) ? parsed : null
}
