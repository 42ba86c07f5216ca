import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const bundles = new Map<string | undefined, Promise<string>>()

/** The Worker as one ES module, made once, with a datafile of the deploy where `fallback`, relative to the repository, is given. */
export function bundleWorker(fallback?: string): Promise<string> {
  const known = bundles.get(fallback) ?? makeBundle(fallback)
  bundles.set(fallback, known)
  return known
}

async function makeBundle(fallback?: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/worker.ts'],
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
