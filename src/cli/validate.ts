import { EXIT, type Outcome } from './exit.ts'
import { USUAL_MAX_DATAFILE_BYTES } from './max-datafile-bytes.ts'
import { type CheckedDatafile, counted, describeCounts, readDatafile } from './read-datafile.ts'

/** Says whether the Worker would accept a file, with every issue. Writes nothing anywhere. */
export async function validate(file: string): Promise<Outcome> {
  const checked = await readDatafile(file)
  if (!checked.ok) return checked.error
  const { name } = checked.value
  const warnings = [...checked.value.warnings, ...sizeWarnings(checked.value)]
  return {
    exitCode: EXIT.done,
    stdout: [`${name} is valid: ${describeCounts(checked.value)}, ${counted(warnings.length, 'warning')}.`],
    stderr: warnings,
  }
}

/** Which Worker it is meant for is not known here. */
function sizeWarnings({ name, bytes }: CheckedDatafile): readonly string[] {
  if (bytes.length <= USUAL_MAX_DATAFILE_BYTES) return []
  return [`${name}: warning: a Worker takes it only where MAX_DATAFILE_BYTES is ${bytes.length} or more`]
}
