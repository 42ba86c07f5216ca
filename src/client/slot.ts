/** One value that lasts as long as the tab. */
export interface Slot {
  read(): unknown
  write(value: unknown): void
}

/** A place in `sessionStorage`. Where that is blocked, full or holds something else, nothing is kept and nothing fails. */
export function slotOf(name: string): Slot {
  return {
    read() {
      try {
        return JSON.parse(sessionStorage.getItem(name) ?? 'null')
      } catch {
        // As if nothing had been kept.
        return null
      }
    },
    write(value) {
      try {
        sessionStorage.setItem(name, JSON.stringify(value))
      } catch {
        // The next page asks again.
      }
    },
  }
}

/** Keeps nothing. */
export const NO_SLOT: Slot = { read: () => null, write: () => undefined }
