/** What wrangler.toml binds, and vitest.config.ts beside it. */
declare namespace Cloudflare {
  interface Env {
    readonly DATAFILES: KVNamespace
    readonly USERS: DurableObjectNamespace<import('../../src/durable/user-shard.ts').UserShard>
    readonly NOTIFIER: DurableObjectNamespace<import('../../src/durable/notification-relay.ts').NotificationRelay>
    readonly THREE_PER_MINUTE: RateLimit
  }
}
