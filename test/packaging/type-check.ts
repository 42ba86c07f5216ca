import { join } from 'node:path'
import { type PackedApp, ROOT } from './packed-app.ts'

export interface TypeCheck {
  readonly files: readonly string[]
  /** `compilerOptions` besides strictness. */
  readonly options: Readonly<Record<string, unknown>>
}

/** How the two kinds of apps resolve imports: those that are bundled, and those that Node runs. */
export const RESOLUTIONS = [
  { module: 'esnext', moduleResolution: 'bundler' },
  { module: 'nodenext', moduleResolution: 'nodenext' },
]

/**
 * What the compiler says of files of an app, as `wrong.ts:3 TS2345`, line by line. Declarations are checked too, those of the
 * package among them, so that a name which they lack is not taken for `any`.
 */
export async function compileErrors(app: PackedApp, { files, options }: TypeCheck): Promise<readonly string[]> {
  const compilerOptions = { strict: true, noEmit: true, skipLibCheck: false, target: 'es2024', types: [], ...options }
  await app.write({ 'tsconfig.json': JSON.stringify({ compilerOptions, files }) })
  const { stdout } = await app.run(process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc'), '--pretty', 'false')
  return stdout
    .split('\n')
    .filter((line) => /^\S/.test(line))
    .map((line) => /^(.*)\((\d+),\d+\): error (TS\d+)/.exec(line)?.slice(1) ?? [line])
    .map(([file, line, code]) => (line === undefined ? String(file) : `${file}:${line} ${code}`))
}
