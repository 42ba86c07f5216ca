import { describe, expect, it } from 'vitest'
import { madeOnce, madeOncePer } from '../../src/base/made-once.ts'

describe('what is made once per object', () => {
  it('is made for each object, and not again', () => {
    const sources: object[] = []
    const made = madeOncePer((source: object) => {
      sources.push(source)
      return { number: sources.length }
    })
    const [one, other] = [{}, {}]
    expect([made(one), made(other), made(one)].map(({ number }) => number)).toEqual([1, 2, 1])
    expect(made(one)).toBe(made(one))
    expect(sources).toEqual([one, other])
  })

  it('may be that there is nothing', () => {
    let times = 0
    const made = madeOncePer((_: object) => {
      times++
      return null
    })
    const source = {}
    expect([made(source), made(source)]).toEqual([null, null])
    expect(times).toBe(1)
  })
})

describe('what is made once per text', () => {
  it('is made for each text, and not again', () => {
    const made = madeOnce<boolean>(10)
    expect(made('a', () => false)).toBe(false)
    expect(made('a', () => true)).toBe(false)
    expect(made('b', () => true)).toBe(true)
  })

  it('is forgotten, all of it, when there would be more than may be kept', () => {
    const made = madeOnce<number>(2)
    const first = ['a', 'b', 'a', 'b', 'c'].map((text, index) => made(text, () => index))
    expect(first).toEqual([0, 1, 0, 1, 4])
    expect(['c', 'a', 'b'].map((text) => made(text, () => 9))).toEqual([4, 9, 9])
  })
})
