import { EXIT, type Outcome } from './exit.ts'
import { flagTypes } from './flag-types.ts'
import { readDatafile } from './read-datafile.ts'

/** Prints the declarations that make an app's flags typed, and nothing where the datafile is not valid. */
export async function types(file: string): Promise<Outcome> {
  const checked = await readDatafile(file)
  if (!checked.ok) return checked.error
  return { exitCode: EXIT.done, stdout: flagTypes(checked.value), stderr: checked.value.warnings }
}
