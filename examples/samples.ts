import { readdir } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { err, ok, type Result } from '../src/base/result.ts'
import { type HttpTarget, pushOverHttp } from '../src/cli/push-over-http.ts'
import { type CheckedDatafile, counted, describeCounts, readDatafile } from '../src/cli/read-datafile.ts'
import { parseSdkKey } from '../src/store/sdk-key.ts'

/** A datafile of the folder, and the SDK key that it is to have. */
export interface Sample {
  readonly sdkKey: string
  readonly datafile: CheckedDatafile
}

const DEMO = { sdkKey: 'demo', flagKey: 'checkout' }
const USER_ID = 'u1'

/** The datafiles of a folder, checked, or in so many lines why the first that fails does. */
export async function readSamples(folder: string): Promise<Result<readonly Sample[], readonly string[]>> {
  const files = await listed(folder)
  if (files === null) return err([`There is no folder ${folder}. Choose another: npm start -- --datafiles <folder>`])
  const samples: Sample[] = []
  for (const file of files.filter((file) => file.endsWith('.json')).toSorted()) {
    const sample = await readSample(join(folder, file))
    if (!sample.ok) return sample
    samples.push(sample.value)
  }
  return samples.length > 0 ? ok(samples) : err([`There is no datafile in ${folder}: expected files like shop.json.`])
}

/** Uploads datafiles as an operator would, whatever revisions are there; a line for each. */
export async function seed(
  target: HttpTarget,
  samples: readonly Sample[],
): Promise<Result<readonly string[], readonly string[]>> {
  const width = Math.max(...samples.map(({ sdkKey }) => sdkKey.length))
  const lines: string[] = []
  for (const { sdkKey, datafile } of samples) {
    const { exitCode, stderr } = await pushOverHttp(target, { sdkKey, datafile, force: true })
    if (exitCode !== 0) return err([`${sdkKey} could not be uploaded.`, ...stderr])
    const count = datafile.warnings.length
    const warnings = count === 0 ? '' : `, ${counted(count, 'warning')}`
    lines.push(`  ${sdkKey.padEnd(width)}  ${describeCounts(datafile)}${warnings}`)
  }
  return ok(lines)
}

/** Asks for the demonstration where it is among the datafiles, or else for the first flag that there is. */
export function addressToTry(origin: string, samples: readonly Sample[]): string {
  const candidates = samples.flatMap(({ sdkKey, datafile }) =>
    [...datafile.project.flags.keys()].map((flagKey) => ({ sdkKey, flagKey })),
  )
  const isDemo = (candidate: { sdkKey: string; flagKey: string }) =>
    candidate.sdkKey === DEMO.sdkKey && candidate.flagKey === DEMO.flagKey
  const { sdkKey, flagKey } = candidates.find(isDemo) ?? candidates[0] ?? DEMO
  return `${origin}/?${new URLSearchParams({ feature: flagKey, userId: USER_ID, key: sdkKey })}`
}

async function listed(folder: string): Promise<readonly string[] | null> {
  try {
    return await readdir(folder)
  } catch {
    return null
  }
}

async function readSample(path: string): Promise<Result<Sample, readonly string[]>> {
  const sdkKey = parseSdkKey(basename(path, '.json'))
  const shown = relative('.', path)
  if (sdkKey === null) {
    return err([`${shown}: the name of a file is its SDK key, which is 1 to 64 of A-Z a-z 0-9 + / = _ -.`])
  }
  const datafile = await readDatafile(shown)
  if (datafile.ok) return ok({ sdkKey, datafile: datafile.value })
  return err([...datafile.error.stderr, 'Correct the file, or take it out of the folder.'])
}
