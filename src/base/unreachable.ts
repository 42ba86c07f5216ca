/** Ends an exhaustive `switch`: a case that was forgotten does not compile, and throws should it happen all the same. */
export function unreachable(value: never): never {
  throw new Error(`Unreachable case: ${String(value)}`)
}
