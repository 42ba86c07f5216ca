import type { KeptTexts } from './kept-texts.ts'

/** What is kept of users. */
export type KeptKind = 'profile' | 'overrides' | 'predictions'

/** What is called of a `UserShard`. */
export interface UserShardCalls {
  read(kind: KeptKind, user: string): Promise<KeptTexts | null>
  replace(kind: KeptKind, user: string, entries: KeptTexts): Promise<void>
  add(kind: KeptKind, user: string, entries: KeptTexts): Promise<void>
  set(
    kind: KeptKind,
    user: string,
    entry: { readonly key: string; readonly value: string | null },
  ): Promise<string | null>
  swap(
    kind: KeptKind,
    user: string,
    entry: { readonly key: string; readonly seen: string | undefined; readonly value: string },
  ): Promise<string>
}
