/** The Worker with its own functions made to fail, one at a time, by a header of the request. */
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Names what a request has fail: `name`; `name async` for a rejection in place of an exception; `name later` from the second call on. */
export const BROKEN = 'x-broken'

/** The functions that can fail, by the module that they are in, relative to `src/`. */
export type BreakPoints = Readonly<Record<string, readonly string[]>>

/**
 * The bundled Worker, in which each function named fails for requests that say so, and does as ever for all others.
 * One request at a time.
 */
export async function bundleBreakable(points: BreakPoints): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    stdin: { contents: ENTRY, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    external: ['cloudflare:*'],
    plugins: [breaking(points)],
  })
  const code = outputFiles[0]?.text
  if (code === undefined) throw new Error('esbuild made no bundle')
  return code
}

const ENTRY = `
import worker from './src/worker.ts'
export default {
  fetch(request, env) {
    globalThis.broken = request.headers.get('${BROKEN}')
    globalThis.calls = 0
    return worker.fetch(request, env)
  },
}`

/** Every import of such a module gets one that hands through to it. */
function breaking(points: BreakPoints): Plugin {
  return {
    name: 'breaking',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.ts$/ }, ({ path, resolveDir, pluginData }) => {
        const file = fileURLToPath(new URL(path, `file://${resolveDir}/`))
        const name = file.slice(ROOT.length + 'src/'.length)
        const isBreakable = pluginData !== 'real' && Object.hasOwn(points, name)
        return isBreakable ? { path: file, namespace: 'breakable' } : null
      })
      onLoad({ filter: /.*/, namespace: 'breakable' }, ({ path }) => {
        const names = points[path.slice(ROOT.length + 'src/'.length)] ?? []
        return { contents: wrapperOf(path, names), resolveDir: ROOT, loader: 'js', pluginData: 'real' }
      })
    },
  }
}

function wrapperOf(path: string, names: readonly string[]): string {
  const real = JSON.stringify(path)
  return [`export * from ${real}`, `import * as real from ${real}`, ...names.map(breakable)].join('\n')
}

function breakable(name: string): string {
  return `export function ${name}(...given) {
  if (globalThis.broken === '${name}') throw new Error('broken: ${name}')
  if (globalThis.broken === '${name} async') return Promise.reject(new Error('broken: ${name}'))
  if (globalThis.broken === '${name} later' && globalThis.calls++ > 0) throw new Error('broken: ${name}')
  return new.target ? new real.${name}(...given) : real.${name}(...given)
}`
}
