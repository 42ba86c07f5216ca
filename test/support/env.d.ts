/** What wrangler.toml binds. */
declare namespace Cloudflare {
  interface Env {
    readonly DATAFILES: KVNamespace
  }
}
