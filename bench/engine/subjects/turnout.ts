import { type Decision, decide, decideAll, type Project } from '../../../src/engine/index.ts'
import { loadDatafile } from '../../../src/store/load.ts'
import type { BenchUser } from '../../generate-datafile.ts'
import type { Subject } from './subject.ts'

/** Text to project, as the Worker's store does it. */
export function loadProject(text: string): Project {
  const loaded = loadDatafile(text, STAMP, text.length)
  if (!loaded.ok) throw new Error(`Turnout's own store refuses the datafile: ${loaded.error.message}`)
  return loaded.value.project
}

/** What the store keeps beside a text; deciding does not look at it. */
const STAMP = { generation: 1, sha256: '' }

export const turnout: Subject = {
  load(text) {
    const project = loadProject(text)
    return {
      prepare: (users) => ({
        decide: (flagKey, index) => inTest(decide(project, flagKey, at(users, index)).decision),
        decideAll(index) {
          let count = 0
          for (const decision of decideAll(project, at(users, index)).decisions.values()) count += inTest(decision)
          return count
        },
      }),
    }
  },
}

function inTest({ enabled }: Decision): number {
  return enabled ? 1 : 0
}

function at(users: readonly BenchUser[], index: number): BenchUser {
  const user = users[index]
  if (user === undefined) throw new RangeError(`No user ${index}`)
  return user
}
