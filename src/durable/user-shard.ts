import { DurableObject } from 'cloudflare:workers'
import { type KeptTexts, keptJson, parseKept, withEntries } from '../store/kept-texts.ts'
import type { KeptKind } from '../store/user-shard-calls.ts'

/**
 * A share of the users of one SDK key, in SQLite: each with their profile, their overrides and what was predicted for them. It handles one call at a
 * time, and nothing in here waits, so that what is read, changed and written cannot be overtaken. Users are known by a
 * hash alone.
 */
export class UserShard extends DurableObject<object> {
  readonly #sql: SqlStorage

  constructor(state: DurableObjectState, env: object) {
    super(state, env)
    this.#sql = state.storage.sql
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS kept (kind TEXT, user TEXT, entries TEXT NOT NULL, PRIMARY KEY (kind, user)) WITHOUT ROWID',
    )
  }

  /** `null` for a user of whom nothing is kept. */
  read(kind: KeptKind, user: string): KeptTexts | null {
    const [row] = this.#sql.exec<{ entries: string }>(
      'SELECT entries FROM kept WHERE kind = ? AND user = ?',
      kind,
      user,
    )
    return row === undefined ? null : parseKept(row.entries)
  }

  /** Takes the place of what was there. */
  replace(kind: KeptKind, user: string, entries: KeptTexts): void {
    this.#write(kind, user, withEntries(new Map(), entries))
  }

  /** Adds to what is there. */
  add(kind: KeptKind, user: string, entries: KeptTexts): void {
    this.#write(kind, user, withEntries(this.read(kind, user) ?? new Map(), entries))
  }

  /** Sets an entry, or with `null` takes it away. Gives what it was before, or `null`. */
  set(kind: KeptKind, user: string, entry: { readonly key: string; readonly value: string | null }): string | null {
    const { key, value } = entry
    const kept = new Map(this.read(kind, user))
    const previous = kept.get(key) ?? null
    kept.delete(key)
    this.#write(kind, user, withEntries(kept, value === null ? [] : [[key, value]]))
    return previous
  }

  /** Sets an entry that is still what was `seen`. Gives what it is then. */
  swap(
    kind: KeptKind,
    user: string,
    { key, seen, value }: { readonly key: string; readonly seen: string | undefined; readonly value: string },
  ): string {
    const kept = this.read(kind, user) ?? new Map()
    const current = kept.get(key)
    if (current !== undefined && current !== seen) return current
    this.#write(kind, user, withEntries(kept, [[key, value]]))
    return value
  }

  #write(kind: KeptKind, user: string, entries: KeptTexts): void {
    if (entries.size === 0) this.#sql.exec('DELETE FROM kept WHERE kind = ? AND user = ?', kind, user)
    else this.#sql.exec('INSERT OR REPLACE INTO kept VALUES (?, ?, ?)', kind, user, keptJson(entries))
  }
}
