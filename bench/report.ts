/** Figures as Markdown, and the place in bench/README.md where they go. */
import { readFile, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import type { Bundle } from './bundle.ts'
import type { BySubject, EngineFigures, LoadFigures, Samples } from './engine.ts'
import type { EventFigures } from './events.ts'
import type { HttpFigures } from './http.ts'
import { atLeast, atMost, type Target, table, targetTable } from './markdown.ts'
import { figure, median, medianRatio } from './statistics.ts'
import { workerdVersion } from './workerd.ts'

const README = new URL('README.md', import.meta.url)

/** Replaces what stands between the markers of a section. Doing it again changes only what was measured anew. */
export async function writeSection(
  name: 'engine' | 'http' | 'pages' | 'events' | 'size',
  markdown: string,
): Promise<void> {
  const readme = await readFile(README, 'utf8')
  const [start, end] = [`<!-- ${name}: start -->`, `<!-- ${name}: end -->`]
  const [before, rest] = splitAt(readme, start)
  const [, after] = splitAt(rest, end)
  await writeFile(README, `${before}${start}\n${markdown.trim()}\n${end}${after}`)
}

function splitAt(text: string, marker: string): readonly [before: string, after: string] {
  const index = text.indexOf(marker)
  if (index === -1) throw new Error(`bench/README.md has no ${marker}`)
  return [text.slice(0, index), text.slice(index + marker.length)]
}

/** The machine and what it was doing, without which figures mean little. */
export function machineFacts(): string {
  const [cpu] = cpus()
  const busy = loadavg()[0] ?? 0
  return [
    new Date().toISOString().slice(0, 10),
    `${cpus().length} cores of ${cpu?.model.trim() || 'an unnamed CPU'}`,
    `Node ${process.versions.node}`,
    `workerd ${workerdVersion()}`,
    `load before the run ${busy.toFixed(1)}`,
  ].join(', ')
}

/** Deciding and loading, with the targets of their own. */
export function engineSection(figures: readonly EngineFigures[], machine: string): string {
  const decided = figures.flatMap(({ flags, decide, decideAll }) =>
    decide === null || decideAll === null ? [] : [{ flags, decide, decideAll }],
  )
  return `
${machine}.

Single decision, warm:
${decisionTable(decided.map(({ flags, decide }) => ({ flags, samples: decide })))}

All flags in one call, warm:
${decisionTable(decided.map(({ flags, decideAll }) => ({ flags, samples: decideAll })))}

From text to first decision in ms, warm (in an isolate that has done it before):
${loadTable(figures.map(({ flags, bytes, loading }) => ({ flags, bytes, load: loading })))}

The same as the first thing that a fresh isolate does (the clock has ticks of 1 ms):
${loadTable(figures.map(({ flags, bytes, cold }) => ({ flags, bytes, load: cold })))}

${targetTable(engineTargets(figures))}
`
}

function decisionTable(rows: readonly { readonly flags: number; readonly samples: BySubject }[]): string {
  return table(
    ['flags', 'Turnout µs', 'per second', 'SDK µs', 'SDK / Turnout', 'GrowthBook µs', 'GrowthBook / Turnout'],
    rows.map(({ flags, samples: { turnout, optimizely, growthbook } }) => [
      figure(flags),
      figure(median(turnout)),
      figure(1e6 / median(turnout)),
      figure(median(optimizely)),
      figure(medianRatio(optimizely, turnout)),
      figure(median(growthbook)),
      figure(medianRatio(growthbook, turnout)),
    ]),
  )
}

function loadTable(
  rows: readonly { readonly flags: number; readonly bytes: number; readonly load: LoadFigures }[],
): string {
  const head = ['flags', 'kB', '`JSON.parse`', 'Turnout', 'SDK, parse alone', 'SDK', 'GrowthBook']
  return table(
    head,
    rows.map(({ flags, bytes, load: { jsonParse, sdkLoad, firstDecision } }) => [
      figure(flags),
      figure(bytes / 1000),
      ...[jsonParse, firstDecision.turnout, sdkLoad, firstDecision.optimizely, firstDecision.growthbook].map(
        milliseconds,
      ),
    ]),
  )
}

function milliseconds(samples: Samples): string {
  return figure(median(samples) / 1000)
}

function engineTargets(figures: readonly EngineFigures[]): readonly Target[] {
  const [ten, hundred, thousand] = [10, 100, 1_000].map((flags) => figures.find((each) => each.flags === flags))
  const large = figures.find(({ decide }) => decide === null)
  if (!ten?.decide || !hundred?.decide || !hundred.decideAll || !thousand?.decide || !large) return []
  const { turnout, optimizely, growthbook } = hundred.decide
  const growth = median(thousand.decide.turnout) / median(ten.decide.turnout)
  const { jsonParse, sdkLoad, firstDecision } = large.loading
  const allowed = 1.5 * median(jsonParse) + 2_000
  return [
    atLeast('single decision, times the SDK', 20, medianRatio(optimizely, turnout)),
    atLeast('single decision, times GrowthBook', 4, medianRatio(growthbook, turnout)),
    atLeast('single decisions per second (an aim)', 2e6, 1e6 / median(turnout)),
    atLeast(
      'decide-all of 100, times the SDK',
      10,
      medianRatio(hundred.decideAll.optimizely, hundred.decideAll.turnout),
    ),
    atMost('a decision among 1,000 flags, times among 10', 1.2, growth),
    atMost("first decision at 400 kB, times the SDK's parse alone", 1, medianRatio(firstDecision.turnout, sdkLoad)),
    atMost(
      'first decision at 400 kB, ms (1.5 times `JSON.parse` plus 2 ms)',
      allowed / 1000,
      median(firstDecision.turnout) / 1000,
    ),
  ]
}

/** The query API beside the constant Worker. */
export function httpSection(figures: readonly HttpFigures[], machine: string): string {
  const rows = figures.map(({ request, turnout, constant, bodyBytes }) => [
    request,
    figure(bodyBytes),
    figure(median(turnout.cpuMicroseconds)),
    figure(median(constant.cpuMicroseconds)),
    figure(medianRatio(turnout.cpuMicroseconds, constant.cpuMicroseconds)),
    figure(median(turnout.requestsPerSecond)),
    figure(median(constant.requestsPerSecond)),
  ])
  const targets = figures
    .slice(0, 1)
    .map(({ request, turnout, constant }) =>
      atMost(
        `CPU of ${request}, times the constant Worker`,
        1.25,
        medianRatio(turnout.cpuMicroseconds, constant.cpuMicroseconds),
      ),
    )
  return `
${machine}.

${table(['request', 'body bytes', 'Turnout µs CPU', 'constant µs CPU', 'ratio', 'Turnout requests/s', 'constant requests/s'], rows)}

${targetTable(targets)}
`
}

/** What events cost. */
export function eventsSection({ on, off, ...inProcess }: EventFigures, machine: string): string {
  const rows = [
    { name: 'with a Queue', ...on },
    { name: 'events off', ...off },
  ].map(({ name, cpuMicroseconds, requestsPerSecond }) => [
    name,
    figure(median(cpuMicroseconds)),
    figure(median(requestsPerSecond)),
  ])
  const { queueingMs, heldBytes, consumedPerSecond } = inProcess
  return `
${machine}.

${table(['`GET /?feature=&userId=&key=`', 'µs CPU', 'requests/s'], rows)}

| in our own code | |
| --- | --: |
| 1,000 events recorded and queued, ms | ${figure(median(queueingMs))} |
| what they hold until the Queue has them, kB | ${figure(median(heldBytes) / 1000)} |
| messages that the consumer delivers, per second | ${figure(median(consumedPerSecond))} |

${targetTable([
  atLeast(
    'requests per second with events, times those without',
    0.85,
    medianRatio(on.requestsPerSecond, off.requestsPerSecond),
  ),
])}
`
}

/** The bundle beside its budget. */
export function sizeSection({ bytes, gzippedBytes }: Bundle, budgetBytes: number): string {
  return targetTable([
    {
      what: `the whole Worker, minified (${figure(bytes / 1000)} kB) and gzipped`,
      target: `at most ${figure(budgetBytes / 1000)} kB`,
      measured: `${figure(gzippedBytes / 1000)} kB`,
      met: gzippedBytes <= budgetBytes,
    },
  ])
}
