/** What the store needs of a KV namespace: a binding of Workers KV fits, and so does a script of faults. */
export interface KvNamespace {
  /** The value and its metadata; `value` is `null` where there is none. `cacheTtl` in seconds, 30 at least. */
  getWithMetadata(key: string, options: { readonly type: 'text'; readonly cacheTtl?: number }): Promise<KvEntry>
  put(
    key: string,
    value: string,
    options?: { readonly metadata?: KvMetadata; readonly expirationTtl?: number },
  ): Promise<void>
}

export interface KvEntry {
  readonly value: string | null
  /** Whatever the writer put there: parse it. */
  readonly metadata: unknown
}

/** What our writers put beside a value; docs/storage.md. At most 1,024 bytes once serialised. */
export interface KvMetadata {
  readonly generation: number
  readonly revision: string
  readonly sha256: string
  /** Present on the empty value that a DELETE leaves behind. */
  readonly deleted?: true
}
