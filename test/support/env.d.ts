/** What wrangler.toml binds, and vitest.config.ts beside it. */
declare namespace Cloudflare {
  interface Env {
    readonly DATAFILES: KVNamespace
    readonly THREE_PER_MINUTE: RateLimit
  }
}
