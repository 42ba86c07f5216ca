import { atLeast, atMost, type Target, table, targetTable } from '../markdown.ts'
import type { PageFigures } from '../pages.ts'
import { figure, median, medianRatio } from '../statistics.ts'

/** What a page costs, by Worker. The first of them, and the first of those in pieces, are what the others are compared with. */
export function pagesSection(figures: readonly PageFigures[], machine: string): string {
  const [base] = figures
  if (base === undefined) throw new Error('No Worker was measured')
  const inPieces = figures.find(({ isInPieces }) => isInPieces) ?? base
  const rows = figures.map((each) => [
    each.what,
    figure(median(each.cpuMicroseconds)),
    figure(cpuRatio(each, each.isInPieces ? inPieces : base)),
    figure(median(each.requestsPerSecond)),
    each.firstByteMs.length === 0 ? '' : signed(firstByteDelay(each, base)),
    ...(each.inlined === null ? ['', ''] : [figure(each.inlined.compressed), figure(each.inlined.beyondChanges)]),
  ])
  const head = ['', 'µs CPU', 'ratio', 'requests/s', 'first byte, ms', 'bytes put in', 'beyond the changes']
  return `
${machine}.

${table(head, rows)}

${targetTable(targetsOf(new Map(figures.map((each) => [each.name, each])), base))}
`
}

function targetsOf(figures: ReadonlyMap<string, PageFigures>, base: PageFigures): readonly Target[] {
  const of = (name: string): PageFigures => {
    const found = figures.get(name)
    if (found === undefined) throw new Error(`${name} was not measured`)
    return found
  }
  const pages = [...figures.values()].filter(({ name, inlined }) => !OTHERS.has(name) && inlined !== null)
  const delays = pages.map((each) => firstByteDelay(each, base))
  const beyond = pages.map(({ inlined }) => inlined?.beyondChanges ?? 0)
  const rates = (name: string) => medianRatio(of('ids').requestsPerSecond, of(name).requestsPerSecond)
  return [
    atMost('CPU where no experiment applies, times pass-through', 1.1, cpuRatio(of('elsewhere'), base)),
    atMost('CPU with a script only, times pass-through', 2, cpuRatio(of('script'), base)),
    atMost('CPU with edge edits by id, times pass-through', 3, cpuRatio(of('ids'), base)),
    atMost('CPU with edge edits by class, times pass-through', 3, cpuRatio(of('classes'), base)),
    atLeast("requests per second with edge edits, times GrowthBook's", 4, rates('growthbook')),
    atLeast("the same, times Edge Delivery's without its browser code", 1, rates('snippetless')),
    atMost('first byte of a page of ours, ms after pass-through', 1, Math.max(...delays)),
    atMost('bytes put in where no experiment applies', 0, of('elsewhere').inlined?.bytes ?? 0),
    atMost('bytes put in beyond the changes, compressed', 1_500, Math.max(...beyond)),
  ]
}

const OTHERS: ReadonlySet<string> = new Set([
  'pass-through',
  'careful',
  'rewriter-none',
  'rewriter-ids',
  'rewriter-classes',
  'growthbook',
  'snippetless',
  'delivery',
])

function cpuRatio(figures: PageFigures, base: PageFigures): number {
  return medianRatio(figures.cpuMicroseconds, base.cpuMicroseconds)
}

/** How much later than the other the first byte comes, as the median of the rounds' differences. */
function firstByteDelay({ firstByteMs }: PageFigures, base: PageFigures): number {
  return median(firstByteMs.map((delay, round) => delay - (base.firstByteMs[round] ?? Number.NaN)))
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(2)}`
}
