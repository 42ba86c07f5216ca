/** What `within` gives when time ran out. */
export const LATE = Symbol('late')

/** The promise's outcome, or `LATE` after so many milliseconds. The promise itself goes on. */
export async function within<Value>(promise: Promise<Value>, limitMs: number): Promise<Value | typeof LATE> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), limitMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
