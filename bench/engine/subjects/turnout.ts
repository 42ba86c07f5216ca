import { parseJson } from '../../../src/base/json.ts'
import {
  compile,
  type Decision,
  decide,
  decideAll,
  LIMITS,
  type Project,
  parseDatafile,
} from '../../../src/engine/index.ts'
import type { BenchUser } from '../../generate-datafile.ts'
import type { Subject } from './subject.ts'

/** Text to project, through everything that the Worker's store does. */
export function loadProject(text: string): Project {
  const json = parseJson(text, { maxDepth: LIMITS.depth })
  if (!json.ok) throw new Error(json.error.message)
  const parsed = parseDatafile(json.value)
  if (!parsed.ok) throw new Error(parsed.error.map(({ path, expected }) => `${path}: ${expected}`).join('\n'))
  return compile(parsed.value.datafile)
}

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
