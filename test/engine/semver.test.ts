import { expect, it } from 'vitest'
import { versionOrder } from '../../src/engine/audience/semver.ts'

const ordered: [version: string, target: string, order: number][] = [
  ['2.0.1', '2.0.1', 0],
  ['2.9', '2.9.1', -1],
  ['2.9.1', '2.9', 0],
  ['2', '2.0.0', -1],
  ['10', '9', 1],
  ['2.10.0', '2.9.9', 1],
  ['3.7.1', '3.7.2', -1],
  ['2.9.9-beta', '2.9.9', -1],
  ['2.9.9', '2.9.9-beta', 1],
  ['2.9.9-beta', '2.9.9-beta', 0],
  ['2.9.9-alpha', '2.9.9-beta', -1],
  ['2.9.9-beta', '2.9.9-alpha', 1],
  ['2.9.9+build', '2.9.9', 0],
  ['2.9.9+1', '2.9.9+2', -1],
  ['2.1', '2.1.1-beta', 1],
  ['3.7.1-prerelease-prerelease', '3.7.1-prerelease-rc', -1],
]
it.each(ordered)('%s against %s is %i', (version, target, order) => {
  expect(Math.sign(versionOrder(target)?.(version) ?? Number.NaN)).toBe(order)
})

it.each(['', ' ', '.', '..', '1.', '.1', '1..2', '1.2.3.4', 'v1', '1 .2', '+', '-beta', '1.a', '2.9\u00a0'])(
  '%j is no version',
  (text) => {
    expect(versionOrder(text)).toBeNull()
    expect(versionOrder('1')?.(text)).toBeNull()
  },
)
