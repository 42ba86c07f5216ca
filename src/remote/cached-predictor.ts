import type { Log } from '../base/log.ts'
import { reasonOf } from '../base/reason.ts'
import type { Attributes, Prediction, Project, Rule } from '../engine/index.ts'
import { createLru, type Lru } from '../store/lru.ts'
import type { PredictionStore } from '../store/prediction-store.ts'
import { sha256Hex } from '../store/sha256.ts'
import { within } from '../store/within.ts'
import { type CmabWorld, fetchPrediction } from './cmab-client.ts'
import { type KeptPrediction, keptText, parseKeptPrediction } from './kept-predictions.ts'
import type { PredictionQuestion, Predictor } from './predictor.ts'

export interface PredictorOptions extends CmabWorld {
  /** What isolates share; `null`: each remembers for itself. */
  readonly kept: PredictionStore | null
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly log: Log
}

/** A prediction, and until when it counts, in milliseconds since 1970. */
interface Predicted {
  readonly prediction: Prediction
  readonly untilMs: number
}

/** What was predicted, and for which attributes. */
interface Known extends Predicted {
  readonly attributesJson: string
}

/** What one isolate remembers. */
interface Memory {
  readonly known: Lru<Known>
  /** By SDK key: when predictions were forgotten, in milliseconds since 1970. Those that are kept from before do not count here. */
  readonly resets: Map<string, number>
}

/** Asking about the rules of one question. */
interface Asking {
  readonly options: PredictorOptions
  readonly memory: Memory
  readonly question: PredictionQuestion
  /** What isolates share of the user, asked for once; `null` where there is no such thing, or it is out of reach. */
  readonly shared: () => Promise<ReadonlyMap<string, string> | null>
}

/** As the SDK keeps them; the weight, in characters, bounds what attributes can make of that. */
const KEPT_MS = 30 * 60_000
const BOUNDS = { mostEntries: 10_000, mostWeight: 4_000_000 }

/** However many rules are asked, and however slowly they answer. */
const ALL_WITHIN_MS = 5_000

/**
 * Asks contextual bandits, and remembers what they said while the attributes that they see stay the same: in this isolate, and with
 * `kept` in all of them, of which the first to ask then settles it for the others.
 */
export function createPredictor(options: PredictorOptions): Predictor {
  const known = createLru<Known>({ ...BOUNDS, weigh: ({ attributesJson }) => attributesJson.length + ENTRY_WEIGHT })
  const memory: Memory = { known, resets: new Map() }
  return {
    async predict(question) {
      if (question.cache.reset && !question.cache.ignore) forget(memory, question.sdkKey, options)
      const asking: Asking = { options, memory, question, shared: sharedOnce(question, options) }
      const predicted = question.rules.map(async (rule) => [rule.id, await predictInTime(rule, asking)] as const)
      return new Map(await Promise.all(predicted))
    },
    reset: (sdkKey) => forget(memory, sdkKey, options),
  }
}

/** Of the key, the ids and the object. */
const ENTRY_WEIGHT = 400

function forget({ known, resets }: Memory, sdkKey: string, { clock }: PredictorOptions): void {
  for (const [key] of known.entries()) if (key.startsWith(`${sdkKey} `)) known.delete(key)
  resets.set(sdkKey, clock())
}

function sharedOnce({ sdkKey, user, cache }: PredictionQuestion, { kept, log }: PredictorOptions): Asking['shared'] {
  let reading: ReturnType<Asking['shared']> | null = null
  return async () => {
    if (kept === null || cache.ignore) return null
    reading ??= kept.read(sdkKey, user.userId).catch((cause) => {
      log({ level: 'error', code: 'prediction_unread', message: reasonOf(cause) })
      return null
    })
    return await reading
  }
}

async function predictInTime(rule: Rule, asking: Asking): Promise<Prediction | null> {
  const prediction = await within(predict(rule, asking), ALL_WITHIN_MS)
  if (typeof prediction !== 'symbol') return prediction
  return refused(rule, 'There was no answer in time', asking.options)
}

async function predict(rule: Rule, asking: Asking): Promise<Prediction | null> {
  const { options, memory, question } = asking
  const { sdkKey, project, user, cache } = question
  const attributes = attributesFor(rule, project, user.attributes)
  if (attributes === null) return refused(rule, 'The datafile names an attribute that it does not have', options)
  const { userId } = user
  const attributesJson = JSON.stringify(attributes)
  const key = `${sdkKey} ${userId.length}-${userId}-${rule.id}`
  if (cache.ignore) return (await agree(rule, attributes, asking))?.prediction ?? null
  if (cache.invalidateUser) memory.known.delete(key)
  const remembered = () => {
    const found = memory.known.get(key)
    return found?.attributesJson === attributesJson && options.clock() < found.untilMs ? found : null
  }
  const before = remembered()
  if (before !== null) return before.prediction
  const agreed = await agree(rule, attributes, asking)
  if (agreed === null) return null
  // Of two requests that ask at the same moment both take what the first was told.
  const first = remembered() ?? { ...agreed, attributesJson }
  memory.known.set(key, first)
  return first.prediction
}

type Seen = Readonly<Record<string, unknown>>

/** What isolates share of the rule, else what the bandit says, unless another isolate was told something else in the meantime. */
async function agree(rule: Rule, attributes: Seen, asking: Asking): Promise<Predicted | null> {
  const shared = await asking.shared()
  if (shared === null) return await ask(rule, attributes, asking)
  const attributesSha256 = await sha256Hex(JSON.stringify(attributes))
  const seen = shared.get(rule.id)
  const before = asking.question.cache.invalidateUser ? null : usable(seen, attributesSha256, asking)
  if (before !== null) return before
  const own = await ask(rule, attributes, asking)
  if (own === null) return null
  const text = await settled(rule, { seen, text: keptText({ ...own, attributesSha256 }) }, asking)
  return usable(text, attributesSha256, asking) ?? own
}

/** What the bandit says, which is in the log where that is nothing. */
async function ask(rule: Rule, attributes: Seen, { options, question: { user } }: Asking): Promise<Predicted | null> {
  const fetched = await fetchPrediction(options, { ruleId: rule.id, userId: user.userId, attributes })
  if (!fetched.ok) return refused(rule, fetched.error, options)
  return { prediction: fetched.value, untilMs: options.clock() + KEPT_MS }
}

/** What isolates share from now on; `undefined` where that cannot be had. */
async function settled(
  { id }: Rule,
  texts: { readonly seen: string | undefined; readonly text: string },
  { options: { kept, log }, question: { sdkKey, user } }: Asking,
): Promise<string | undefined> {
  try {
    return await kept?.settle({ sdkKey, userId: user.userId, ruleId: id }, texts)
  } catch (cause) {
    log({ level: 'error', code: 'prediction_unkept', message: reasonOf(cause) })
    return undefined
  }
}

/** A prediction that still counts; `null` for one that is over, or for other attributes, or from before a reset. */
function usable(
  text: string | undefined,
  attributesSha256: string,
  { options: { clock }, memory: { resets }, question: { sdkKey } }: Asking,
): KeptPrediction | null {
  const kept = text === undefined ? null : parseKeptPrediction(text)
  if (kept?.attributesSha256 !== attributesSha256) return null
  const sinceMs = resets.get(sdkKey) ?? Number.NEGATIVE_INFINITY
  return clock() < kept.untilMs && kept.untilMs - KEPT_MS > sinceMs ? kept : null
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
