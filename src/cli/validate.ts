import { EXIT, type Outcome } from './exit.ts'
import { counted, describeCounts, readDatafile } from './read-datafile.ts'

/** Says whether the Worker would accept a file, with every issue. Writes nothing anywhere. */
export async function validate(file: string): Promise<Outcome> {
  const checked = await readDatafile(file)
  if (!checked.ok) return checked.error
  const { warnings } = checked.value
  return {
    exitCode: EXIT.done,
    stdout: [`${file} is valid: ${describeCounts(checked.value)}, ${counted(warnings.length, 'warning')}.`],
    stderr: warnings,
  }
}
