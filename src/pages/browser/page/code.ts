/** Code of the datafile's author: each in a script of its own, so that a syntax error in one ends with that one. */
import type { CodeTask } from './types.ts'

declare global {
  interface Window {
    /** By id: filled by the scripts before ours, taken by ours. */
    turnoutCode?: Record<string, () => void> | undefined
  }
}

const codes = takeCodes()

export function code(task: CodeTask): void {
  if (task.isMade) return
  task.isMade = true
  codes?.[task.id]?.()
}

function takeCodes(): Window['turnoutCode'] {
  const taken = self.turnoutCode
  delete self.turnoutCode
  return taken
}
