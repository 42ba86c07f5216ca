import { cloudflareTest } from '@cloudflare/vitest-pool-workers'
import { defineConfig } from 'vitest/config'

// Pure code is tested in Node, what depends on Workers in workerd.
const pure = [
  'test/base/**/*.test.ts',
  'test/engine/**/*.test.ts',
  'test/conformance/**/*.test.ts',
  'test/cli/**/*.test.ts',
  'test/store/**/*.test.ts',
  'test/admin/**/*.test.ts',
  'test/faults/**/*.test.ts',
  'test/pages/plan/**/*.test.ts',
  'test/pages/pure/**/*.test.ts',
  'test/proxy/**/*.test.ts',
  'test/browser/**/*.test.ts',
  'test/client/**/*.test.{ts,tsx}',
  'test/openfeature/**/*.test.ts',
  'test/packaging/**/*.test.ts',
  'test/events/pure/**/*.test.ts',
  'test/delivery/**/*.test.ts',
]

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'node', include: pure, testTimeout: 120_000 } },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            // Under another name than the Worker looks for, so that only the tests that hand it over are counted.
            miniflare: {
              // Events of tests are nobody's.
              bindings: { COLLECTOR_URL: 'off' },
              ratelimits: { THREE_PER_MINUTE: { namespace_id: '1', simple: { limit: 3, period: 60 } } },
            },
          }),
        ],
        test: {
          name: 'workerd',
          include: ['test/**/*.test.ts'],
          exclude: [...pure, '**/node_modules/**'],
          testTimeout: 30_000,
        },
      },
    ],
  },
})
