import type { Log } from '../base/log.ts'
import type { Attributes, Prediction, Project, Rule } from '../engine/index.ts'
import { createLru, type Lru } from '../store/lru.ts'
import { within } from '../store/within.ts'
import { type CmabWorld, fetchPrediction } from './cmab-client.ts'
import type { PredictionQuestion, Predictor } from './predictor.ts'

export interface PredictorOptions extends CmabWorld {
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly log: Log
}

/** What was predicted, and for which attributes. */
interface Known {
  readonly prediction: Prediction
  readonly attributesJson: string
  readonly untilMs: number
}

/** Asking about one rule. */
interface Asking {
  readonly options: PredictorOptions
  readonly known: Lru<Known>
  readonly question: PredictionQuestion
}

/** As the SDK keeps them; the weight, in characters, bounds what attributes can make of that. */
const KEPT_MS = 30 * 60_000
const BOUNDS = { mostEntries: 10_000, mostWeight: 4_000_000 }

/** However many rules are asked, and however slowly they answer. */
const ALL_WITHIN_MS = 5_000

/** Asks contextual bandits, and remembers what they said, in this isolate, while the attributes that they see stay the same. */
export function createPredictor(options: PredictorOptions): Predictor {
  const known = createLru<Known>({ ...BOUNDS, weigh: ({ attributesJson }) => attributesJson.length + ENTRY_WEIGHT })
  return {
    async predict(question) {
      const asking: Asking = { options, known, question }
      if (question.cache.reset && !question.cache.ignore) forget(known, question.sdkKey)
      const predicted = question.rules.map(async (rule) => [rule.id, await predictInTime(rule, asking)] as const)
      return new Map(await Promise.all(predicted))
    },
    reset: (sdkKey) => forget(known, sdkKey),
  }
}

/** Of the key, the ids and the object. */
const ENTRY_WEIGHT = 400

function forget(known: Lru<Known>, sdkKey: string): void {
  for (const [key] of known.entries()) if (key.startsWith(`${sdkKey} `)) known.delete(key)
}

async function predictInTime(rule: Rule, asking: Asking): Promise<Prediction | null> {
  const prediction = await within(predict(rule, asking), ALL_WITHIN_MS)
  if (typeof prediction !== 'symbol') return prediction
  asking.options.log({
    level: 'error',
    code: 'prediction_failed',
    ruleId: rule.id,
    message: 'There was no answer in time',
  })
  return null
}

async function predict(rule: Rule, { options, known, question }: Asking): Promise<Prediction | null> {
  const { sdkKey, project, user, cache } = question
  const attributes = attributesFor(rule, project, user.attributes)
  if (attributes === null) return refused(rule, 'The datafile names an attribute that it does not have', options)
  const { userId } = user
  const attributesJson = JSON.stringify(attributes)
  const key = `${sdkKey} ${userId.length}-${userId}-${rule.id}`
  if (!cache.ignore) {
    if (cache.invalidateUser) known.delete(key)
    const found = known.get(key)
    if (found?.attributesJson === attributesJson && options.clock() < found.untilMs) return found.prediction
    known.delete(key)
  }
  const fetched = await fetchPrediction(options, { ruleId: rule.id, userId, attributes })
  if (!fetched.ok) return refused(rule, fetched.error, options)
  const prediction = fetched.value
  if (!cache.ignore) known.set(key, { prediction, attributesJson, untilMs: options.clock() + KEPT_MS })
  return prediction
}

function refused({ id }: Rule, message: string, { log }: PredictorOptions): null {
  log({ level: 'error', code: 'prediction_failed', ruleId: id, message })
  return null
}

/** Those that the rule names, by id, where the user has them. `null`, as in the SDK, where the datafile does not know one of them. */
function attributesFor(
  { cmab }: Rule,
  { attributeIds }: Project,
  attributes: Attributes,
): Readonly<Record<string, unknown>> | null {
  const keys = new Map([...attributeIds].map(([key, id]) => [id, key]))
  const named: [string, unknown][] = []
  for (const id of cmab?.attributeIds ?? []) {
    const key = keys.get(id)
    if (key === undefined) return null
    if (Object.hasOwn(attributes, key)) named.push([id, attributes[key]])
  }
  // An object has its keys in one order, whatever the rule's.
  return Object.fromEntries(named)
}
