/** Code of the datafile's author: each in a script of its own, so that a syntax error in one ends with that one. */
import type { CodeTask } from './types.ts'

declare global {
  interface Window {
    /** By id: filled by the scripts before ours, taken by ours. */
    turnoutCode?: Record<string, () => void> | undefined
  }
}

const codes = takeCodes()

/** `false`: it did not run now, because it has, or because it is no JavaScript. */
export function code(task: CodeTask): boolean {
  if (task.isMade) return false
  task.isMade = true
  const run = codes?.[task.id]
  run?.()
  return !!run
}

function takeCodes(): Window['turnoutCode'] {
  const taken = self.turnoutCode
  delete self.turnoutCode
  return taken
}
