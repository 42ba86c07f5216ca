/** The Worker exactly as `wrangler deploy` would upload it, what the clients add to an app, and the Workers of the benchmarks. */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

export interface Bundle {
  readonly code: string
  readonly bytes: number
  readonly gzippedBytes: number
  /** Minified bytes that each source file contributes, largest first. */
  readonly inputs: readonly { readonly path: string; readonly bytes: number }[]
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const LIMIT_MS = 60_000

/** Runs `wrangler deploy --dry-run --minify` and reads what came out. `config` is relative to the repository. */
export async function bundleWorker(config = 'wrangler.toml'): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'turnout-bundle-'))
  try {
    const metafile = join(folder, 'meta.json')
    await runWrangler([
      'deploy',
      '--dry-run',
      '--minify',
      '--config',
      config,
      '--outdir',
      folder,
      '--metafile',
      metafile,
    ])
    const scripts = (await readdir(folder)).filter((file) => file.endsWith('.js'))
    const [script] = scripts
    if (script === undefined || scripts.length > 1) throw new Error(`Expected one script, found ${scripts.join(', ')}`)
    const code = await readFile(join(folder, script))
    return {
      code: code.toString(),
      bytes: code.length,
      gzippedBytes: gzipSync(code, { level: 9 }).length,
      inputs: inputsOf(JSON.parse(await readFile(metafile, 'utf8'))),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Names by the file, relative to the repository, that exports them. */
export type Imports = Readonly<Record<string, readonly string[]>>

/** What an app's bundle grows by when it imports these, React being there anyway. */
export async function bundleForBrowser(imports: Imports): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: Object.entries(imports)
        .map(([file, names]) => `export { ${names.join(', ')} } from './${file}'`)
        .join('\n'),
      resolveDir: ROOT,
    },
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    external: ['react', 'react/jsx-runtime'],
  })
  const code = outputFiles[0]?.text
  if (code === undefined) throw new Error('esbuild made no bundle')
  return {
    code,
    bytes: code.length,
    gzippedBytes: gzipSync(code, { level: 9 }).length,
    inputs: inputsOf(metafile),
  }
}

/** Bundles a bench Worker for raw workerd. `entry` is relative to this folder. */
export async function bundleForWorkerd(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
  })
  const code = outputFiles[0]?.text
  if (code === undefined) throw new Error('esbuild made no bundle')
  return code
}

async function runWrangler(args: readonly string[]): Promise<void> {
  const wrangler = join(dirname(createRequire(import.meta.url).resolve('wrangler/package.json')), 'bin/wrangler.js')
  await promisify(execFile)(process.execPath, [wrangler, ...args], {
    cwd: ROOT,
    timeout: LIMIT_MS,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true', CI: '1', NO_COLOR: '1' },
  })
}

interface Metafile {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, { bytesInOutput: number }>> }>>
}

function inputsOf({ outputs }: Metafile): Bundle['inputs'] {
  return Object.values(outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }))
    .toSorted((a, b) => b.bytes - a.bytes)
}
