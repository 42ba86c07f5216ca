import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const CLIENT = fileURLToPath(new URL('../../src/client', import.meta.url))

export default defineConfig({
  root: HERE,
  plugins: [react()],
  // In this repository the package is its sources; an app that has installed `turnout` needs none of this.
  resolve: { alias: { 'turnout/client': `${CLIENT}/index.ts`, 'turnout/react': `${CLIENT}/react/index.ts` } },
  // The policy of the shop allows no `data:` addresses.
  build: { assetsInlineLimit: 0 },
  // What the server runs is one file that needs no node_modules beside it.
  ssr: { noExternal: true },
  logLevel: 'warn',
})
