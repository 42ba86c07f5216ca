/**
 * The shop as files: `site/` for browsers, and `server/server.js`, which renders it. `node examples/react-shop/build.ts`
 * writes them into `dist/`; `npm run react-shop` does so first.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type InlineConfig } from 'vite'

const HERE = fileURLToPath(new URL('.', import.meta.url))

export interface BuildOptions {
  readonly folder?: string
  /** `development`: with the warnings that React has for developers. */
  readonly mode?: 'production' | 'development'
}

/** Makes the shop anew, and resolves to its folder. */
export async function buildReactShop(options: BuildOptions = {}): Promise<string> {
  const { folder = join(HERE, 'dist'), mode = 'production' } = options
  const common: InlineConfig = {
    configFile: join(HERE, 'vite.config.ts'),
    mode,
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
  }
  await inEnvironment(mode, async () => {
    await build({ ...common, build: { outDir: join(folder, 'site'), emptyOutDir: true } })
    await build({
      ...common,
      publicDir: false,
      build: { outDir: join(folder, 'server'), emptyOutDir: true, ssr: join(HERE, 'src/server.tsx') },
    })
  })
  return folder
}

/** Vite goes by this variable before the mode, and whoever runs tests has set it to `test`. */
async function inEnvironment(mode: string, work: () => Promise<void>): Promise<void> {
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = mode
  try {
    await work()
  } finally {
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await buildReactShop())
