/** What `npm pack` ships, from the sources into `dist`: three builds, because browsers, Workers and Node have types of their own. */
import { defineConfig, type UserConfig } from 'tsdown'

const LIBRARY = {
  format: 'esm',
  platform: 'neutral',
  target: 'es2024',
  // `dist/client.js` and its declarations stand under the same name in every version, whatever is in them.
  hash: false,
  fixedExtension: false,
  outputOptions: { chunkFileNames: 'shared/[name].js' },
  // A type that is missing from the declarations would be an `any` in the app.
  failOnWarn: true,
  logLevel: 'warn',
} satisfies UserConfig

export default defineConfig([
  {
    ...LIBRARY,
    entry: { index: 'src/engine/index.ts', pages: 'src/pages/index.ts', worker: 'src/worker.ts' },
    tsconfig: 'tsconfig.json',
    dts: true,
    deps: { neverBundle: ['cloudflare:workers', '#fallback-datafile'] },
  },
  {
    ...LIBRARY,
    entry: { turnout: 'src/cli/turnout.ts' },
    outDir: 'dist/cli',
    platform: 'node',
    target: 'node20',
    tsconfig: 'tsconfig.node.json',
    dts: false,
    deps: { alwaysBundle: ['commander', '@humanwhocodes/momoa'], neverBundle: ['wrangler', 'recheck'] },
  },
])
