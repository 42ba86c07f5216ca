/** What shoppers report, and what it comes to by another way of adding it up than SQL. */
import { randomUUID } from 'node:crypto'
import type { Sum } from './delivering-worker.ts'

export interface Report {
  readonly userId: string
  readonly events: readonly ReportedEvent[]
}

interface ReportedEvent {
  readonly uuid: string
  readonly type: 'exposure' | 'conversion'
  readonly ageMs: number
  readonly tags?: { readonly revenue: number; readonly value: number }
  readonly [field: string]: unknown
}

/**
 * An exposure and purchases of each shopper. Every third was shown nothing before the first half of their purchases, and every seventh
 * nothing at all.
 */
export function reportsOf(many: { readonly shoppers: number; readonly purchases: number }): readonly Report[] {
  return Array.from({ length: many.shoppers }, (_, shopper) => {
    const purchases = Array.from({ length: many.purchases }, (__, index) => purchase(index, 1_000 * (index + 1)))
    const ageMs = shopper % 3 === 0 ? 500 * many.purchases : 3_600_000
    return { userId: `shopper-${shopper}`, events: [...purchases, shopper % 7 === 0 ? unseen(ageMs) : exposure(ageMs)] }
  })
}

function purchase(index: number, ageMs: number): ReportedEvent {
  const tags = { revenue: 199 + 100 * index, value: index - 3.5 }
  return { uuid: randomUUID(), type: 'conversion', eventKey: 'purchase', tags, ageMs }
}

function exposure(ageMs: number): ReportedEvent {
  return { uuid: randomUUID(), type: 'exposure', flagKey: 'tested', ruleKey: 'ab', variationKey: 'bold', ageMs }
}

/** Of another experiment. */
function unseen(ageMs: number): ReportedEvent {
  return { uuid: randomUUID(), type: 'exposure', flagKey: 'targeted', ruleKey: 'pros', variationKey: 'on', ageMs }
}

/** The sums that reports and decisions of `tested` come to. */
export function truthOf(reports: readonly Report[], decided: readonly string[]): readonly Sum[] {
  const values = new Map<string, number[]>()
  const add = (of: string, metric: string, x: number) => {
    const key = `${of} ${metric}`
    values.set(key, [...(values.get(key) ?? []), x])
  }
  const show = (of: string) => {
    add(of, 'exposures', 1)
    add(of, 'visitors', 1)
  }
  for (const _ of decided) show('e1 bold')
  for (const { events } of reports) {
    const shown = events.find(({ type }) => type === 'exposure')
    if (shown === undefined) continue
    const of = shown.flagKey === 'tested' ? 'e1 bold' : 'e3 on'
    show(of)
    for (const { tags, ageMs } of events) {
      if (tags === undefined || ageMs > shown.ageMs) continue
      add(of, 'event:purchase', 1)
      add(of, 'revenue:purchase', tags.revenue)
      add(of, 'value:purchase', tags.value)
    }
  }
  return [...values].map(([key, xs]) => sumOf(key.split(' '), xs)).toSorted(byName)
}

function sumOf([experiment_id = '', variation_id = '', metric = '']: readonly string[], xs: readonly number[]): Sum {
  const sum = xs.reduce((total, x) => total + x, 0)
  const sum_of_squares = xs.reduce((total, x) => total + x * x, 0)
  return { experiment_id, variation_id, metric, n: xs.length, sum, sum_of_squares }
}

function byName(a: Sum, b: Sum): number {
  const [left, right] = [a, b].map((sum) => `${sum.experiment_id} ${sum.variation_id} ${sum.metric}`)
  return (left ?? '') < (right ?? '') ? -1 : 1
}
