/**
 * `npm run bench`: measures everything, prints it, and keeps it in bench/README.md.
 * `npm run bench -- engine` (or `http`, `pages`, `events`, `size`) measures one part; `--dry` leaves the README as it is.
 */
import { Command, InvalidArgumentError } from 'commander'
import budgets from './budgets.json' with { type: 'json' }
import { bundleWorker } from './bundle.ts'
import { measureEngine } from './engine.ts'
import { measureEvents } from './events.ts'
import { measureHttp } from './http.ts'
import { pagesSection } from './pages/report.ts'
import { measurePages } from './pages.ts'
import { engineSection, eventsSection, httpSection, machineFacts, sizeSection, writeSection } from './report.ts'

const PARTS = ['size', 'engine', 'http', 'pages', 'events'] as const
type Part = (typeof PARTS)[number]

await new Command('bench')
  .argument('[parts...]', `what to measure: ${PARTS.join(', ')}`, collectParts, [])
  .option('--dry', 'print the figures, but do not write them into bench/README.md')
  .action(async (parts: readonly Part[], { dry }: { dry?: boolean }) => {
    const machine = machineFacts()
    for (const part of parts.length === 0 ? PARTS : parts) {
      const markdown = await measure(part, machine)
      console.log(markdown)
      if (!dry) await writeSection(part, markdown)
    }
  })
  .parseAsync()

function collectParts(value: string, parts: readonly Part[]): readonly Part[] {
  const part = PARTS.find((each) => each === value)
  if (part === undefined) throw new InvalidArgumentError(`It is one of ${PARTS.join(', ')}.`)
  return [...parts, part]
}

async function measure(part: Part, machine: string): Promise<string> {
  switch (part) {
    case 'size':
      return sizeSection(await bundleWorker(budgets.worker.config), budgets.worker.aimBytes)
    case 'engine':
      return engineSection(await measureEngine(console.error), machine)
    case 'http':
      return httpSection(await measureHttp(console.error), machine)
    case 'pages':
      return pagesSection(await measurePages(console.error), machine)
    case 'events':
      return eventsSection(await measureEvents(console.error), machine)
  }
}
