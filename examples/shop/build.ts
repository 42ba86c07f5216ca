/**
 * The shop as files: `public/` as it is, and the apps rendered to HTML with a bundle for the browser beside each.
 * `node examples/shop/build.ts` writes it into `dist/`; `npm start` does so first.
 */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { compileTemplate, parse, rewriteDefault } from 'vue/compiler-sfc'
import { documentOf } from './apps/shell.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/** What the apps render to on the server. */
interface Rendered {
  renderKettle(path: string): string
  renderLamp(): Promise<string>
}

/** Makes the shop anew, and resolves to its folder. */
export async function buildShop(folder: string = join(HERE, 'dist')): Promise<string> {
  const [rendered] = await Promise.all([importApps(), clean(folder)])
  await Promise.all([cp(join(HERE, 'public'), folder, { recursive: true }), bundleApps(folder)])
  const pages = [
    ['react', 'Make your kettle', 'kettle-client.js', rendered.renderKettle('/react')],
    ['react/care', 'Look after your kettle', 'kettle-client.js', rendered.renderKettle('/react/care')],
    ['vue', 'Find your lamp', 'lamp-client.js', await rendered.renderLamp()],
  ] as const
  for (const [path, title, script, html] of pages) {
    const file = join(folder, `${path}.html`)
    const current = `/${path.split('/')[0]}`
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, documentOf({ title, script, current, html }))
  }
  return folder
}

async function clean(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
}

async function bundleApps(folder: string): Promise<void> {
  const entryPoints = ['kettle-client.tsx', 'lamp-client.ts'].map((file) => join(HERE, 'apps', file))
  await build({ ...COMMON, entryPoints, outdir: folder, format: 'iife', minify: true })
}

/** The apps of the server, for this process: bundled as one module, so that they are the builds for production too. */
async function importApps(): Promise<Rendered> {
  const contents = `export * from './kettle-server.tsx'\nexport * from './lamp-server.ts'`
  const { outputFiles } = await build({
    ...COMMON,
    stdin: { contents, resolveDir: join(HERE, 'apps') },
    write: false,
    format: 'esm',
    platform: 'node',
    banner: { js: `import { createRequire } from 'node:module'; const require = createRequire('/')` },
  })
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')
  return await import(`data:text/javascript;base64,${code}`)
}

/** Compiles a Vue component to a module that exports it with its render function. */
const vue: Plugin = {
  name: 'vue',
  setup({ onLoad }) {
    onLoad({ filter: /\.vue$/ }, async ({ path }) => {
      const { descriptor } = parse(await readFile(path, 'utf8'), { filename: path })
      const script = rewriteDefault(descriptor.script?.content ?? '', 'component', ['typescript'])
      const template = compileTemplate({ id: path, filename: path, source: descriptor.template?.content ?? '' })
      return {
        contents: `${script}\n${template.code}\nexport default { ...component, render }`,
        errors: template.errors.map((error) => ({ text: typeof error === 'string' ? error : error.message })),
        loader: 'ts',
      }
    })
  },
}

const COMMON = {
  bundle: true,
  jsx: 'automatic',
  target: 'es2022',
  plugins: [vue],
  define: {
    'process.env.NODE_ENV': '"production"',
    __VUE_OPTIONS_API__: 'true',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
} satisfies BuildOptions

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await buildShop())
