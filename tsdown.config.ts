/** What `npm pack` ships, from the sources into `dist`: three builds, because Workers, browsers and Node have types of their own. */
import { defineConfig, type UserConfig } from 'tsdown'

const BUILD = {
  format: 'esm',
  hash: false,
  fixedExtension: false,
  // What is found missing while it is built would be missing in the app.
  failOnWarn: true,
  checks: { pluginTimings: false },
  logLevel: 'warn',
} satisfies UserConfig

export default defineConfig([
  {
    ...BUILD,
    entry: { index: 'src/engine/index.ts', pages: 'src/pages/index.ts', worker: 'src/worker.ts' },
    outputOptions: { chunkFileNames: 'shared/[name].js' },
    platform: 'neutral',
    target: 'es2024',
    tsconfig: 'tsconfig.json',
    dts: true,
    deps: { neverBundle: ['cloudflare:workers', '#fallback-datafile'] },
  },
  {
    ...BUILD,
    entry: { client: 'src/client/index.ts', react: 'src/client/react/index.ts' },
    // In one folder with those of the first build, under names of their own.
    outputOptions: { chunkFileNames: 'shared/client-[name].js' },
    platform: 'browser',
    target: 'es2022',
    tsconfig: 'src/client/tsconfig.json',
    dts: true,
    // `'use client'` stays where it has to be, first in the entry: test/packaging.
    suppressWarnings: /MODULE_LEVEL_DIRECTIVE/,
  },
  {
    ...BUILD,
    entry: { turnout: 'src/cli/turnout.ts' },
    outDir: 'dist/cli',
    platform: 'node',
    target: 'node20',
    tsconfig: 'tsconfig.node.json',
    dts: false,
    // The small ones come along, so that nobody installs them for the sake of `turnout/client`. momoa's licence is that of this package.
    deps: { alwaysBundle: ['commander', '@humanwhocodes/momoa'], neverBundle: ['wrangler', 'recheck'] },
    copy: [{ from: 'node_modules/commander/LICENSE', to: 'dist/cli', rename: 'commander.LICENSE' }],
  },
])
