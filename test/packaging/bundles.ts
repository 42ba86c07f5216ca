import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { type PackedApp, succeeded } from './packed-app.ts'

/** What `wrangler deploy` would upload for an app's `wrangler.toml`. */
export async function bundleForWorkers(app: PackedApp): Promise<string> {
  const args = ['deploy', '--dry-run', '--outdir', 'out', '--config', 'wrangler.toml']
  await succeeded(app.runScript('wrangler/bin/wrangler.js', ...args))
  const [script, ...others] = (await readdir(join(app.folder, 'out'))).filter((file) => file.endsWith('.js'))
  if (script === undefined || others.length > 0) throw new Error('wrangler made not one script')
  return await readFile(join(app.folder, 'out', script), 'utf8')
}

/** What a browser would get for a module of an app, without React, which it has anyway. */
export async function bundleForBrowsers({ folder }: PackedApp, contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder, loader: 'tsx' },
    absWorkingDir: folder,
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external: ['react', 'react/jsx-runtime'],
  })
  const code = outputFiles[0]?.text
  if (code === undefined) throw new Error('esbuild made no bundle')
  return code
}
