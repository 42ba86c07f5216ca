import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Part, sendDivided } from '../../../src/events/delivery/divide-batch.ts'
import { DELIVERED, type Delivery } from '../../../src/events/delivery/sink.ts'
import { conversion, uuidsOf } from './queued.ts'

const CONTENT: Delivery = { kind: 'content-refused', reason: 'status 400' }
const ADDRESS: Delivery = { kind: 'refused', reason: 'status 404' }
const LATER: Delivery = { kind: 'retry', reason: 'status 503', afterSeconds: 7 }

describe('a batch whose content is refused is sent in halves', () => {
  test.each([
    ['one of 1', 1, [0], 1],
    ['one of 2', 2, [1], 3],
    ['one of 10', 10, [3], 9],
    ['the first of 500', 500, [0], 19],
    ['one of 500', 500, [333], 19],
    ['two of 500', 500, [1, 498], 35],
    ['all of 10', 10, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 19],
    ['all of 20', 20, Array.from({ length: 20 }, (_, index) => index), 39],
  ])('until those that are at fault stand alone: %s', async (_, count, poison, requests) => {
    const { sends, refused, delivered, later } = await divided(count, refusing(poison))
    expect(refused).toEqual(poison.map((index) => `e${index}`))
    expect(delivered).toHaveLength(count - poison.length)
    expect(later).toEqual([])
    expect(sends.length).toBeLessThanOrEqual(requests)
  })

  test('as far as 41 requests go: the others are for later, with what was said', async () => {
    const { sends, refused, delivered, later, parts } = await divided(500, () => CONTENT)
    expect(sends).toHaveLength(41)
    expect(refused.length).toBeGreaterThan(10)
    expect(delivered).toEqual([])
    expect(later).toHaveLength(500 - refused.length)
    expect(parts.map(({ delivery }) => delivery)).toContainEqual({
      kind: 'retry',
      reason: 'status 400 for others in its batch',
      afterSeconds: 0,
    })
  })

  test('until each is as small as is asked for, and then nothing is refused', async () => {
    const { sends, refused, delivered } = await divided(100, (uuids) => (uuids.length > 7 ? CONTENT : DELIVERED))
    expect(refused).toEqual([])
    expect(delivered).toHaveLength(100)
    expect(sends.length).toBeLessThanOrEqual(32)
  })

  test.each([
    ['is for later where it fails', LATER],
    ['is refused as a whole where it is not for its content', ADDRESS],
  ])('of which one %s', async (_, delivery) => {
    const { sends, parts } = await divided(4, (uuids) => {
      if (uuids.length === 4) return CONTENT
      return uuids.includes('e0') ? delivery : DELIVERED
    })
    expect(sends).toEqual([
      ['e0', 'e1', 'e2', 'e3'],
      ['e0', 'e1'],
      ['e2', 'e3'],
    ])
    expect(parts.map((part) => [uuidsOf(part.events), part.delivery])).toEqual([
      [['e0', 'e1'], delivery],
      [['e2', 'e3'], DELIVERED],
    ])
  })
})

test.each([DELIVERED, ADDRESS, LATER])('a batch that is $kind as a whole is sent once', async (delivery) => {
  const { sends, parts } = await divided(10, () => delivery)
  expect(sends).toHaveLength(1)
  expect(parts.map((part) => [part.events.length, part.delivery])).toEqual([[10, delivery]])
})

test('whichever are at fault, they alone are refused, all others arrive, and each attempt comes further', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 100 }), fc.array(fc.nat(99)), async (count, faulty) => {
      const poison = new Set(faulty.filter((index) => index < count).map((index) => `e${index}`))
      let left = uuidsTo(count)
      const refused: string[] = []
      const delivered: string[] = []
      while (left.length > 0) {
        const attempt = await divided(left, (uuids) => (uuids.some((uuid) => poison.has(uuid)) ? CONTENT : DELIVERED))
        expect(attempt.sends.length).toBeLessThanOrEqual(41)
        expect([...attempt.refused, ...attempt.delivered, ...attempt.later].toSorted()).toEqual(left.toSorted())
        expect(attempt.later.length).toBeLessThan(left.length)
        refused.push(...attempt.refused)
        delivered.push(...attempt.delivered)
        left = attempt.later
      }
      expect(new Set(refused)).toEqual(poison)
      expect(delivered).toHaveLength(count - poison.size)
    }),
    { numRuns: 200 },
  )
})

function refusing(poison: readonly number[]): (uuids: readonly string[]) => Delivery {
  const uuidsAtFault = new Set(poison.map((index) => `e${index}`))
  return (uuids) => (uuids.some((uuid) => uuidsAtFault.has(uuid)) ? CONTENT : DELIVERED)
}

function uuidsTo(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `e${index}`)
}

async function divided(given: number | readonly string[], answer: (uuids: readonly string[]) => Delivery) {
  const uuids = typeof given === 'number' ? uuidsTo(given) : given
  const sends: (readonly string[])[] = []
  const batch = {
    region: 'US',
    envelope: conversion('any').envelope,
    events: uuids.map((uuid) => conversion(uuid)),
  }
  const parts = await sendDivided(batch, async ({ events }) => {
    sends.push(uuidsOf(events))
    return answer(uuidsOf(events))
  })
  const of = (kind: Part['delivery']['kind']) =>
    parts.flatMap(({ events, delivery }) => (delivery.kind === kind ? uuidsOf(events) : []))
  return { sends, parts, refused: of('refused'), delivered: of('delivered'), later: of('retry') }
}
