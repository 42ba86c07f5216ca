import { deflateRawSync } from 'node:zlib'
import type { Workerd } from '../workerd.ts'
import type { Change } from './cases.ts'
import { shopPage } from './shop-page.ts'
import { ask } from './visitor.ts'

/** By how much a page has grown. */
export interface InlinedBytes {
  readonly bytes: number
  /** By how much what goes over the wire has, compressed. */
  readonly compressed: number
  /** The same beyond what the changes themselves, as the datafile has them, would have added. */
  readonly beyondChanges: number
}

interface Asked {
  readonly workerd: Workerd
  readonly headers: readonly string[]
  readonly changes: readonly Change[]
}

/** Compares the page that a visitor gets with the origin's. */
export async function inlinedBytes({ workerd, headers, changes }: Asked): Promise<InlinedBytes> {
  const { body } = await ask(workerd, headers)
  const page = shopPage()
  const before = compressed(page)
  const stated = changes.length === 0 ? page : page + JSON.stringify(changes)
  return {
    bytes: Buffer.byteLength(body) - Buffer.byteLength(page),
    compressed: compressed(body) - before,
    beyondChanges: compressed(body) - compressed(stated),
  }
}

function compressed(text: string): number {
  return deflateRawSync(text, { level: 9 }).length
}
