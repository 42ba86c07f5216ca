/** What every section of bench/README.md is made of. */
import { figure } from './statistics.ts'

/** What was aimed at, and what came of it. */
export interface Target {
  readonly what: string
  readonly target: string
  readonly measured: string
  readonly met: boolean
}

/** Met by as much or more. */
export function atLeast(what: string, least: number, measured: number): Target {
  return { what, target: `at least ${figure(least)}`, measured: figure(measured), met: measured >= least }
}

/** Met by as much or less. */
export function atMost(what: string, most: number, measured: number): Target {
  return { what, target: `at most ${figure(most)}`, measured: figure(measured), met: measured <= most }
}

/** Targets, and whether they are met. */
export function targetTable(targets: readonly Target[]): string {
  return table(
    ['target', '', 'measured', ''],
    targets.map(({ what, target, measured, met }) => [what, target, measured, met ? 'met' : '**missed**']),
  )
}

/** A table whose first column is of words, and the others of figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map((_, column) => (column === 0 ? '---' : '--:')), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
