import { expect, test } from 'vitest'
import { placeEdits } from '../../../src/pages/html/place-edits.ts'
import type { DomEdit, PlannedEdit } from '../../../src/pages/plan/page.ts'
import { judge, rewrite } from './judge.ts'
import { random, randomEdit, randomEdits, randomPage, randomPieces } from './random-pages.ts'
import { applyEdits, describeTree, parsePage } from './reference-edits.ts'

const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1)
const PAGES = 400

interface Failure {
  readonly page: string
  readonly edits: readonly DomEdit[]
  readonly actual: string
  readonly expected: string
}

test.for(SEEDS)(
  'one edit, pages and pieces of seed %i: the browser builds what the edit makes of its tree',
  async (seed) => {
    const from = random(seed)
    const failures: Failure[] = []
    for (let count = 0; count < PAGES; count++) {
      const page = randomPage(from)
      const bytes = new TextEncoder().encode(page)
      const edits = [randomEdit(from)]
      const { actual, expected } = await judge({ bytes, charset: 'utf-8' }, edits, randomPieces(bytes, from))
      if (actual !== expected) failures.push({ page, edits, actual, expected })
    }
    expect(failures).toEqual([])
  },
)

function placedAt(placed: readonly PlannedEdit[], wanted: PlannedEdit['place']): DomEdit[] {
  return placed.flatMap(({ edit, place }) => (place === wanted && edit.kind === 'dom' ? [edit] : []))
}

/** What is left is made by whoever finds out where it was not, which the trees cannot tell of insertions at the same place. */
test.for(SEEDS)(
  'edits placed, pages of seed %i: the edge first and the browser then come to what their order comes to',
  async (seed) => {
    const from = random(seed * 1000)
    const failures: Failure[] = []
    for (let count = 0; count < PAGES; count++) {
      const page = randomPage(from)
      const bytes = new TextEncoder().encode(page)
      const edits = randomEdits(from)
      const placed = placeEdits(edits)
      const sent = await rewrite(randomPieces(bytes, from), placedAt(placed, 'edge'))
      const edited = applyEdits(parsePage(new TextDecoder().decode(sent.bytes)), placedAt(placed, 'browser'))
      const expected = describeTree(applyEdits(parsePage(page), edits))
      const actual = describeTree(edited)
      if (sent.left.length === 0 && actual !== expected) failures.push({ page, edits, actual, expected })
    }
    expect(failures).toEqual([])
  },
)
