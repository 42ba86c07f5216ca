import { err, ok, type Result } from '../../base/result.ts'
import { parseRegex, type RegexNode } from './regex-syntax.ts'

/** What has to happen next for a regular expression to match; numbers are indexes of steps. */
export type Step =
  /** Takes one character that the pattern matches. */
  | { readonly kind: 'unit'; readonly pattern: RegExp; readonly next: number }
  /** Takes none: `^`, `$`, `\b` or `\B`. */
  | { readonly kind: 'assertion'; readonly assertion: string; readonly next: number }
  /** Goes on in any of these ways. */
  | { readonly kind: 'fork'; readonly nexts: readonly number[] }
  | { readonly kind: 'end' }

/** A regular expression as steps, and the one it begins with. */
export interface Steps {
  readonly steps: readonly Step[]
  readonly start: number
}

/** Repetitions with numbers are written out: `\d{1000}` is a thousand steps. */
const MOST_STEPS = 512

/** Takes a regular expression apart; the failure says what it should have been. */
export function stepsOf(source: string): Result<Steps, string> {
  const parsed = parseRegex(source)
  if (!parsed.ok) return parsed
  if (sizeOf(parsed.value) > MOST_STEPS) return err(`at most ${MOST_STEPS} steps once repetitions are written out`)
  const building: Building = { steps: [{ kind: 'end' }], patterns: new Map() }
  const start = build(building, parsed.value, 0)
  return ok({ steps: building.steps, start })
}

/** At least the number of its steps, before any is made. */
function sizeOf(node: RegexNode): number {
  switch (node.kind) {
    case 'unit':
    case 'assertion':
      return 1
    case 'sequence':
    case 'choice':
      return node.nodes.reduce((size, inner) => size + sizeOf(inner), 1)
    case 'repeat':
      return (sizeOf(node.node) + 1) * (node.most === Number.POSITIVE_INFINITY ? node.least + 1 : node.most)
  }
}

interface Building {
  readonly steps: Step[]
  /** By their source. */
  readonly patterns: Map<string, RegExp>
}

/** Adds the steps of `node`, which lead on to `next`; gives the first of them. */
function build(building: Building, node: RegexNode, next: number): number {
  switch (node.kind) {
    case 'unit':
      return add(building, { kind: 'unit', pattern: patternOf(building, node.source), next })
    case 'assertion':
      return add(building, { kind: 'assertion', assertion: node.assertion, next })
    case 'sequence':
      return node.nodes.reduceRight((after, inner) => build(building, inner, after), next)
    case 'choice':
      return add(building, { kind: 'fork', nexts: node.nodes.map((inner) => build(building, inner, next)) })
    case 'repeat':
      return buildRepeat(building, node, next)
  }
}

type Repeat = Extract<RegexNode, { kind: 'repeat' }>

function buildRepeat(building: Building, { node, least, most }: Repeat, next: number): number {
  let first = next
  if (most === Number.POSITIVE_INFINITY) {
    const nexts = [next]
    first = add(building, { kind: 'fork', nexts })
    nexts.push(build(building, node, first))
  } else {
    for (let count = least; count < most; count++) {
      first = add(building, { kind: 'fork', nexts: [next, build(building, node, first)] })
    }
  }
  for (let count = 0; count < least; count++) first = build(building, node, first)
  return first
}

function patternOf({ patterns }: Building, source: string): RegExp {
  const pattern = patterns.get(source) ?? new RegExp(`^${source}$`, 'i')
  patterns.set(source, pattern)
  return pattern
}

function add({ steps }: Building, step: Step): number {
  return steps.push(step) - 1
}
