/** What a caller may hand over by structured clone, and JSON has no word for; made where it is used. */
export const UNUSUAL: Readonly<Record<string, () => unknown>> = {
  'not a number': () => Number.NaN,
  'names of Object’s': () => JSON.parse('{"__proto__":{"userId":"u1","targetingKey":"u1"},"constructor":{"a":1}}'),
  'a big integer': () => 1n,
  'a date': () => new Date(0),
  'no date': () => new Date(Number.NaN),
  'a map': () => new Map([['userId', 'u1']]),
  'a set': () => new Set(['u1']),
  'a pattern': () => /u1/,
  'an error': () => new Error('u1'),
  bytes: () => new Uint8Array(8),
  headers: () => new Headers({ userId: 'u1' }),
  'a response': () => new Response('u1'),
  'a stream': () => new Response('u1').body,
}

/** What is too much of it. */
export const OVERSIZED: Readonly<Record<string, () => unknown>> = {
  'a cyclic object': () => {
    const cyclic: Record<string, unknown> = { userId: 'u1', targetingKey: 'u1' }
    cyclic.self = cyclic
    return cyclic
  },
  'a few objects that are billions written out': () => {
    let bomb: unknown = 'x'
    for (let depth = 0; depth < 30; depth++) bomb = { a: bomb, b: bomb }
    return bomb
  },
  'a deep object': () => {
    let deep: unknown = 'x'
    for (let depth = 0; depth < 100; depth++) deep = { a: deep }
    return deep
  },
  'a long text': () => 'x'.repeat(2_000_000),
  'a wide object': () => Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`a${index}`, index])),
  'an array of billions of holes': () => {
    const sparse: unknown[] = []
    sparse.length = 4_000_000_000
    return sparse
  },
}

/** What does not come as far as Turnout: the runtime refuses the call where it is made. */
export const UNCLONEABLE: Readonly<Record<string, () => unknown>> = {
  'an instance of a class': () => new (class Instance {})(),
  'a symbol': () => Symbol('u1'),
}
