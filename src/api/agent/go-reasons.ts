/**
 * Reasons in the words of the Go SDK, which clients of the Agent know, from those of the JavaScript SDK, which the engine
 * speaks (source: the Go SDK's services of decisions and its evaluators). Go logs what is `null` below, and has no words for
 * some of the rest, which stays as it is.
 */
import { type JsonValue, parseJson } from '../../base/json.ts'
import type { Decision, Rule, UserContext } from '../../engine/index.ts'
import type { LoadedDatafile } from '../../store/datafile-store.ts'
import { goAudienceReasons } from './go-audiences.ts'

/** What is told, and where it is in the telling. */
interface Telling {
  readonly user: UserContext
  readonly loaded: LoadedDatafile
  readonly ruleKey: string
  /** Of the flag, by key. */
  readonly experiments: ReadonlyMap<string, Rule>
  /** The delivery rules of the flag, in order. */
  readonly deliveries: readonly Rule[]
  /** Ids of the flag's rules that a local holdout holds out, by its key; each is gone when it has been told of. */
  readonly heldOut: ReadonlyMap<string, string[]>
  /** Keys of the global holdouts. */
  readonly globals: ReadonlySet<string>
  readonly reasons: readonly string[]
  /** Of the reason that is being told. */
  index: number
  /** The holdout that is being told of. */
  holdout: string
  /** What was last said of audiences that cannot be evaluated: Go says it each time that it evaluates them. */
  audiences: readonly string[]
}

type Translation = (telling: Telling, first: string, second: string) => string | readonly string[] | null

/** The reasons of a decision in Go's words. */
export function goReasons(decision: Decision, user: UserContext, loaded: LoadedDatafile): readonly string[] {
  const { project } = loaded
  const reasons = toldOnce(decision.reasons)
  if (reasons.length === 0) return reasons
  const flag = project.flags.get(decision.flagKey)
  const deliveries = flag?.rollout.kind === 'rules' ? flag.rollout.rules : []
  const experiments = flag?.experiments ?? []
  const telling: Telling = {
    user,
    loaded,
    ruleKey: decision.ruleKey ?? '',
    experiments: new Map(experiments.map((rule) => [rule.key, rule])),
    deliveries,
    heldOut: heldOutRules([...experiments, ...deliveries]),
    globals: new Set(project.holdouts.map(({ key }) => key)),
    reasons,
    index: 0,
    holdout: '',
    audiences: [],
  }
  return reasons.flatMap((reason, index) => {
    telling.index = index
    return translate(reason, telling) ?? []
  })
}

/** The JavaScript SDK repeats all reasons so far behind a holdout that leaves deliveries alone, and Go does not. */
function toldOnce(reasons: readonly string[]): readonly string[] {
  const end = reasons.findIndex((reason) => /^Holdout ".*" has excludeTargetedDeliveries enabled, /s.test(reason)) + 1
  const isRepeated = end > 0 && reasons.slice(0, end).every((reason, index) => reasons[end + index] === reason)
  return isRepeated ? [...reasons.slice(0, end), ...reasons.slice(2 * end)] : reasons
}

function heldOutRules(rules: readonly Rule[]): ReadonlyMap<string, string[]> {
  const ids = new Map<string, string[]>()
  for (const { id, localHoldouts } of rules) {
    for (const { key } of localHoldouts) ids.set(key, [...(ids.get(key) ?? []), id])
  }
  return ids
}

function translate(reason: string, telling: Telling): string | readonly string[] | null {
  const { patterns, text } = withoutUser(reason, telling.user.userId)
  for (const [pattern, translation] of patterns) {
    const match = pattern.exec(text)
    if (match !== null) return translation(telling, match[1] ?? '', match[2] ?? '')
  }
  return reason
}

type Patterns = readonly (readonly [RegExp, Translation])[]

/** A user id may hold anything, also what looks like the rest of a reason: it is taken off by its length. */
function withoutUser(reason: string, userId: string): { readonly patterns: Patterns; readonly text: string } {
  const subject = `User ${userId} `
  if (reason.startsWith(subject)) return { patterns: OF_USER, text: reason.slice(subject.length) }
  const ends = [
    ` for user "${userId}" from user profile.`,
    ` and user ${userId} in the forced variation map.`,
    ` Not activating user ${userId}.`,
  ]
  const end = ends.find((each) => reason.endsWith(each))
  return end === undefined ? { patterns: OTHERS, text: reason } : { patterns: KEPT, text: reason.slice(0, -end.length) }
}

const SILENT: Translation = () => null

/** What follows `User {id} `. */
const OF_USER: Patterns = [
  [/^does not meet conditions to be in experiment (.*)\.$/s, tellOfWrongAudience],
  [
    /^is forced in variation (.*)\.$/s,
    ({ user, ruleKey }, key) =>
      `User "${user.userId}" is whitelisted into variation "${key}" of experiment "${ruleKey}".`,
  ],
  [
    /^does not meet conditions for targeting rule (\d+)\.$/,
    ({ user }, name) => `User "${user.userId}" does not meet conditions for targeting rule ${name}.`,
  ],
  [
    /^meets conditions for targeting rule Everyone Else\.$/,
    ({ user }) => `User "${user.userId}" meets conditions for targeting rule "Everyone Else".`,
  ],
  [/^(meets conditions|does not meet conditions) for holdout (.*)\.$/s, tellOfHoldoutAudience],
  // The JavaScript SDK has the two keys the other way round.
  [/^is in variation (.*) of holdout (.*)\.$/s, tellOfHoldout],
  [/^is in no holdout variation\.$/, tellOfNoHoldout],
  [/^is in variation (.*) of experiment (.*)\.$/s, tellOfVariation],
  [/^is in no variation of experiment (.*)\.$/s, tellOfNoVariation],
  [/^(?:is|bucketed|not bucketed|meets conditions for|does not meet conditions for) /, SILENT],
]

/** What is kept of the user, with the user at its end. */
const KEPT: Patterns = [
  [
    /^Returning previously activated variation "(.*)" of experiment "(.*)"$/s,
    ({ user }, variation, key) =>
      `User "${user.userId}" was previously bucketed into variation "${variation}" of experiment "${key}".`,
  ],
  [
    /^Variation (.*) is mapped to experiment /s,
    ({ user }, key) => `Override variation ${key} found for user ${user.userId}`,
  ],
  [
    /^Variation key (.*) is not in datafile\.$/s,
    ({ user }, key) => `User "${user.userId}" is whitelisted into variation "${key}", which is not in the datafile.`,
  ],
]

/** What does not name the user where it begins or ends. */
const OTHERS: Patterns = [
  [/^Evaluating audiences for (?:experiment|rule) "(.*)\.$/s, tellOfEachAudience],
  [/^Audiences for experiment (.*) collectively evaluated to (TRUE|FALSE)\.$/s, tellOfAudiences],
  [/^Audiences for rule (.*) collectively evaluated to TRUE\.$/s, tellOfDelivery],
  [
    /^Holdout (.*) is not running\.$/s,
    (telling, key) => `${telling.globals.has(key) ? 'Holdout' : 'Local holdout'} ${key} is not running.`,
  ],
  [/^(?:There is no rollout of feature |Invalid rollout ID )/, () => 'Rollout with ID "" is not in the datafile.'],
  [/^(?:Audiences for rule |Assigned bucket |Bucketed into an invalid |Rollout of )/, SILENT],
  [/^Feature .* is not attached to any experiments\.$/s, SILENT],
]

/** Before it, what is kept of the user counts where it names a variation, and is told of where that has gone. */
function tellOfEachAudience(telling: Telling, keyAndConditions: string): readonly string[] {
  const { user, loaded, experiments, index } = telling
  const { key, conditions } = quotedIn(keyAndConditions)
  telling.audiences = conditions === null ? [] : goAudienceReasons(conditions, user, loaded.datafile)
  const rule = isOfHoldout(telling, key, index + 2) ? undefined : experiments.get(key)
  return rule?.cmab ? telling.audiences : [...goneFromProfile(rule, user), ...telling.audiences]
}

/** A key and JSON behind it: either may hold what stands between them. `null` where the rule has no conditions. */
function quotedIn(text: string): { readonly key: string; readonly conditions: JsonValue } {
  for (let end = text.indexOf(BETWEEN); end !== -1; end = text.indexOf(BETWEEN, end + 1)) {
    const json = parseJson(text.slice(end + BETWEEN.length))
    if (json.ok) return { key: text.slice(0, end), conditions: json.value }
  }
  return { key: text.replace(/": undefined$/, ''), conditions: null }
}

const BETWEEN = '": '

function goneFromProfile(rule: Rule | undefined, { userId, profile }: UserContext): readonly string[] {
  const id = rule === undefined ? undefined : profile?.get(rule.id)
  if (rule === undefined || id === undefined) return []
  return [
    `User "${userId}" was previously bucketed into variation with ID "${id}" for experiment "${rule.key}", but no matching variation was found.`,
  ]
}

/** The JavaScript SDK calls a holdout an experiment here: what it says next tells which it is. */
function isOfHoldout({ user, reasons }: Telling, key: string, index: number): boolean {
  const next = reasons[index] ?? ''
  return next.startsWith(`User ${user.userId} `) && next.endsWith(` for holdout ${key}.`)
}

function tellOfAudiences(telling: Telling, key: string, result: string): string {
  const kind = isOfHoldout(telling, key, telling.index + 1) ? 'holdout' : 'experiment'
  return audiencesOf(kind, key, result.toLowerCase())
}

function audiencesOf(kind: string, key: string, result: string): string {
  return `Audiences for ${kind} ${key} collectively evaluated to ${result}.`
}

/** Where a bandit did not take the user, Go tries the experiment once more without it, and says so again. */
function tellOfWrongAudience({ user, experiments, audiences }: Telling, key: string): readonly string[] {
  const told = `User "${user.userId}" does not meet conditions to be in experiment "${key}".`
  const rule = experiments.get(key)
  if (!rule?.cmab) return [told]
  const byBandit = `User ${user.userId} not in audience for CMAB experiment ${key}`
  return [byBandit, ...goneFromProfile(rule, user), ...audiences, audiencesOf('experiment', key, 'false'), told]
}

function tellOfVariation({ experiments }: Telling, variation: string, key: string): string | null {
  return experiments.get(key)?.cmab ? `User bucketed into variation ${variation} by CMAB service` : null
}

/** A bandit's variation that the datafile does not have is no matter of traffic, and an error with Go. */
function tellOfNoVariation(telling: Telling, key: string): readonly string[] | null {
  const { user, experiments, audiences, reasons, index } = telling
  const rule = experiments.get(key)
  const before = reasons[index - 1] ?? ''
  const isOfTraffic = before.startsWith('Assigned bucket ') || before.startsWith(`User ${user.userId} is not in `)
  if (!rule?.cmab || !isOfTraffic) return null
  const byBandit = `User ${user.userId} not in CMAB experiment ${key} due to traffic allocation`
  return [byBandit, ...goneFromProfile(rule, user), ...audiences, audiencesOf('experiment', key, 'true')]
}

/** Go evaluates a delivery rule's audience once more before it buckets, and calls the rule by its key then. */
function tellOfDelivery({ deliveries, audiences }: Telling, name: string): readonly string[] {
  const rule = deliveries.at(name === 'Everyone Else' ? -1 : Number(name) - 1)
  return [...audiences, audiencesOf('experiment', rule?.key ?? name, 'true')]
}

function tellOfHoldoutAudience(telling: Telling, does: string, key: string): string {
  telling.holdout = key
  return `User ${telling.user.userId} ${does} for ${kindOf(telling, key)} ${key}.`
}

function tellOfHoldout(telling: Telling, key: string, variation: string): string {
  const { userId } = telling.user
  return `User ${userId} is in variation ${variation} of ${kindOf(telling, key)} ${key}${forRule(telling, key)}.`
}

function tellOfNoHoldout(telling: Telling): string {
  const { user, holdout } = telling
  const isGlobal = telling.globals.has(holdout)
  if (isGlobal) return `User ${user.userId} is in no holdout variation.`
  return `User ${user.userId} is not bucketed into local holdout ${holdout}${forRule(telling, holdout)}.`
}

function kindOf({ globals }: Telling, key: string): string {
  return globals.has(key) ? 'holdout' : 'local holdout'
}

/** Rules are tried in order, so that each telling of a local holdout is about the next of those that it holds out. */
function forRule({ globals, heldOut }: Telling, key: string): string {
  return globals.has(key) ? '' : ` for rule ${heldOut.get(key)?.shift() ?? ''}`
}
