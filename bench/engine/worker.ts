/**
 * The Worker in which the engine and its peers are timed. One request is one measurement, so that the caller can
 * interleave them. In local workerd the clock advances while code runs (in production it stands still).
 */
import { decide } from '../../src/engine/index.ts'
import { flagKeyOf, generateDatafile, generateGrowthBookPayload, generateUsers } from '../generate-datafile.ts'
import type { Equivalence, Measurement, MeasurementRequest, SubjectName } from './protocol.ts'
import { growthbook } from './subjects/growthbook.ts'
import { createClient, optimizely, userContextOf } from './subjects/optimizely.ts'
import type { Loaded, Prepared, Subject } from './subjects/subject.ts'
import { loadProject, turnout } from './subjects/turnout.ts'

const SUBJECTS: Readonly<Record<SubjectName, Subject>> = { turnout, optimizely, growthbook }
const USERS = generateUsers(500)
const prepared = new Map<string, Prepared>()
const texts = new Map<string, string>()

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/equivalence') {
      const { flags } = (await request.json()) as { flags: number }
      return Response.json(compareDecisions(flags))
    }
    return Response.json(measure((await request.json()) as MeasurementRequest))
  },
}

function measure(request: MeasurementRequest): Measurement {
  switch (request.task) {
    case 'decide':
      return timeDecide(request)
    case 'decide-all':
      return timeDecideAll(request)
    case 'json-parse':
      return timeJsonParse(request)
    case 'load':
      return timeLoad(request)
    case 'first-decision':
      return timeFirstDecision(request)
  }
}

function timeDecide({ subject, flags, iterations }: MeasurementRequest): Measurement {
  const subjectAtWork = preparedFor(subject, flags)
  const keys = Array.from({ length: flags }, (_, index) => flagKeyOf(index))
  let checksum = 0
  let key = 0
  let user = 0
  const start = performance.now()
  for (let iteration = 0; iteration < iterations; iteration++) {
    checksum += subjectAtWork.decide(keys[key] ?? '', user)
    key = key + 1 === keys.length ? 0 : key + 1
    user = user + 1 === USERS.length ? 0 : user + 1
  }
  return { elapsedMs: performance.now() - start, checksum }
}

function timeDecideAll({ subject, flags, iterations }: MeasurementRequest): Measurement {
  const subjectAtWork = preparedFor(subject, flags)
  let checksum = 0
  const start = performance.now()
  for (let iteration = 0; iteration < iterations; iteration++) {
    checksum += subjectAtWork.decideAll(iteration % USERS.length)
  }
  return { elapsedMs: performance.now() - start, checksum }
}

function timeJsonParse({ subject, flags, iterations }: MeasurementRequest): Measurement {
  const text = textFor(subject, flags)
  let checksum = 0
  const start = performance.now()
  for (let iteration = 0; iteration < iterations; iteration++) {
    const value: object = JSON.parse(text)
    checksum += 'version' in value ? 1 : 0
  }
  return { elapsedMs: performance.now() - start, checksum }
}

function timeLoad({ subject, flags, iterations }: MeasurementRequest): Measurement {
  const text = textFor(subject, flags)
  let last: Loaded | null = null
  const start = performance.now()
  for (let iteration = 0; iteration < iterations; iteration++) last = SUBJECTS[subject].load(text)
  const elapsedMs = performance.now() - start
  last?.close?.()
  return { elapsedMs, checksum: iterations }
}

/** As an isolate does it, each load lets go of the one before. */
function timeFirstDecision({ subject, flags, iterations }: MeasurementRequest): Measurement {
  const text = textFor(subject, flags)
  const users = USERS.slice(0, 1)
  let last: Loaded | null = null
  let checksum = 0
  const start = performance.now()
  for (let iteration = 0; iteration < iterations; iteration++) {
    last = SUBJECTS[subject].load(text)
    checksum += last.prepare(users).decide('flag_0', 0)
  }
  const elapsedMs = performance.now() - start
  last?.close?.()
  return { elapsedMs, checksum }
}

/** Kept between requests: measurements of deciding start with everything loaded. */
function preparedFor(subject: SubjectName, flags: number): Prepared {
  const id = `${subject} ${flags}`
  const known = prepared.get(id)
  if (known !== undefined) return known
  const made = SUBJECTS[subject].load(textFor(subject, flags)).prepare(USERS)
  prepared.set(id, made)
  return made
}

function textFor(subject: SubjectName, flags: number): string {
  const form = subject === 'growthbook' ? 'growthbook' : 'datafile'
  const id = `${form} ${flags}`
  const known = texts.get(id)
  if (known !== undefined) return known
  const made = JSON.stringify(form === 'growthbook' ? generateGrowthBookPayload(flags) : generateDatafile(flags))
  texts.set(id, made)
  return made
}

/** Every decision of ours beside the SDK's, and how many each of the three found in an A/B test. */
function compareDecisions(flags: number): Equivalence {
  const text = textFor('turnout', flags)
  const project = loadProject(text)
  const client = createClient(text)
  const users = USERS.slice(0, Math.max(10, Math.min(USERS.length, 20_000 / flags)))
  let compared = 0
  const differences: string[] = []
  for (const user of users) {
    const context = userContextOf(client, user)
    for (const flagKey of project.flags.keys()) {
      const ours = fieldsOf(decide(project, flagKey, user).decision)
      const theirs = fieldsOf(context.decide(flagKey))
      compared++
      if (ours !== theirs) differences.push(`${flagKey} for ${user.userId}: ${ours} and ${theirs}`)
    }
  }
  return {
    compared,
    differences: differences.slice(0, 10),
    targeted: {
      turnout: countTargeted('turnout', flags),
      optimizely: countTargeted('optimizely', flags),
      growthbook: countTargeted('growthbook', flags),
    },
    bytes: text.length,
  }
}

interface ComparedFields {
  readonly enabled: boolean
  readonly variationKey: string | null
  readonly ruleKey: string | null
  readonly variables: object
}

function fieldsOf({ enabled, variationKey, ruleKey, variables }: ComparedFields): string {
  return JSON.stringify([enabled, variationKey, ruleKey, Object.entries(variables).toSorted()])
}

function countTargeted(subject: SubjectName, flags: number): number {
  const subjectAtWork = preparedFor(subject, flags)
  return USERS.slice(0, 50).reduce((count, _, user) => count + subjectAtWork.decideAll(user), 0)
}
