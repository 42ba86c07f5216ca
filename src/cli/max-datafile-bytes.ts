/** As the Worker has it where wrangler.toml does not set `MAX_DATAFILE_BYTES`. */
export const USUAL_MAX_DATAFILE_BYTES = 5_000_000

/** How large a datafile the Worker takes that runs with these variables. Throws on a value that it would not run with. */
export function maxDatafileBytesOf(vars: Readonly<Record<string, unknown>>): number {
  const { MAX_DATAFILE_BYTES: given } = vars
  if (given === undefined || given === '') return USUAL_MAX_DATAFILE_BYTES
  const bytes = Number(given)
  if (Number.isInteger(bytes) && bytes > 0) return bytes
  throw new Error(`MAX_DATAFILE_BYTES is not a number of bytes: ${String(given)}`)
}
