import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { etagOf, fingerprint, matchesEtag } from '../../src/http/etag.ts'

const text = fc.string({ unit: 'binary', maxLength: 40 })

describe('the fingerprint of a text', () => {
  it('is the same whatever was asked for before', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const first = fingerprint(one)
        fingerprint(other)
        expect(fingerprint(one)).toBe(first)
      }),
    )
  })

  it('changes with each code unit, in texts of even and of odd length', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 40 }),
        fc.nat(),
        fc.integer({ min: 1, max: 0xffff }),
        (units, at, change) => {
          const changed = units.map((unit, index) => (index === at % units.length ? unit ^ change : unit))
          expect(fingerprint(String.fromCharCode(...changed))).not.toBe(fingerprint(String.fromCharCode(...units)))
        },
      ),
    )
  })

  it('has both halves of its own for each of 200,000 short texts that are much alike', () => {
    const fingerprints = Array.from({ length: 200_000 }, (_, index) => fingerprint(`{"userId":"user-${index}"}`))
    const halves = [0, 1].map((half) => new Set(fingerprints.map((each) => each.split('.')[half])).size)
    // Of as many random numbers of 32 bits, five are expected to fall together.
    expect(Math.min(...halves)).toBeGreaterThan(199_950)
  })
})

describe('an entity tag', () => {
  it.each([
    ['itself', etagOf(7, 'a'), true],
    ['itself without the sign of a weak one', etagOf(7, 'a').slice(2), true],
    ['a list that has it', `"x", ${etagOf(7, 'a')}`, true],
    ['a star', ' * ', true],
    ['that of another version', etagOf(8, 'a'), false],
    ['that of another text', etagOf(7, 'b'), false],
    ['nothing', null, false],
  ])('is matched by %s: %j, %s', (_, ifNoneMatch, expected) => {
    expect(matchesEtag(ifNoneMatch, etagOf(7, 'a'))).toBe(expected)
  })
})
