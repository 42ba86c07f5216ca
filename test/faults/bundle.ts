import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const bundles = new Map<string | undefined, Promise<string>>()

/** The Worker as one ES module, made once, with a datafile of the deploy where `fallback`, relative to the repository, is given. */
export function bundleWorker(fallback?: string): Promise<string> {
  const known = bundles.get(fallback) ?? bundleOf('src/worker.ts', fallback)
  bundles.set(fallback, known)
  return known
}

/** A file, relative to the repository, and all that it imports, as one ES module. */
export async function bundleOf(file: string, fallback?: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [file],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    external: ['cloudflare:*'],
    ...(fallback === undefined ? {} : { alias: { '#fallback-datafile': `${ROOT}${fallback}` } }),
  })
  const code = outputFiles[0]?.text
  if (code === undefined) throw new Error('esbuild made no bundle')
  return code
}
