/**
 * The size budgets: what deploys, and what the clients add to an app, minified and gzipped, against bench/budgets.json.
 * Exits with 1 when a budget is exceeded, and then names the files that weigh most.
 */
import budgets from './budgets.json' with { type: 'json' }
import { type Bundle, bundleForBrowser, bundleWorker } from './bundle.ts'

const LARGEST_SHOWN = 15

let exceeded = false
console.log('bundle      minified   gzipped    budget       aim')
for (const [name, budget] of Object.entries(budgets)) {
  const bundle = await ('config' in budget ? bundleWorker(budget.config) : bundleForBrowser(budget.imports))
  console.log(row(name, bundle, budget))
  if (bundle.gzippedBytes > budget.gzippedBytes) {
    exceeded = true
    console.error(`${name} is over its budget for ${budget.for}. What weighs most, minified:`)
    for (const { path, bytes } of bundle.inputs.slice(0, LARGEST_SHOWN)) console.error(`${cell(bytes)}  ${path}`)
  }
}
if (exceeded) process.exitCode = 1

interface Budget {
  readonly gzippedBytes: number
  readonly aimBytes: number
}

function row(name: string, { bytes, gzippedBytes }: Bundle, budget: Budget): string {
  return [name.padEnd(10), ...[bytes, gzippedBytes, budget.gzippedBytes, budget.aimBytes].map(cell)].join(' ')
}

function cell(bytes: number): string {
  return bytes.toLocaleString('en-US').padStart(9)
}
