import { afterAll } from 'vitest'

/**
 * For what is started in `beforeAll` or in the background, where it is too late to call `afterAll`, which then says nothing and
 * ends nothing. Called while tests are collected; what is given to the function that comes back is ended after them, last first.
 */
export function endAfterAll(): (end: () => Promise<void>) => void {
  const ends: (() => Promise<void>)[] = []
  afterAll(async () => {
    for (const end of ends.toReversed()) await end()
  })
  return (end) => void ends.push(end)
}
