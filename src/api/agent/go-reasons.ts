/**
 * Reasons in the words of the Go SDK, which clients of the Agent know, from those of the JavaScript SDK, which the engine
 * speaks. Go gives fewer: it logs what is `null` below (source: the Go SDK's services of decisions). What Go has no
 * words for, or none that are known, stays as it is.
 */
import type { Decision, Project, Rule } from '../../engine/index.ts'

/** What is told, and where it is in the telling. */
interface Telling {
  readonly user: string
  readonly ruleKey: string
  /** The delivery rules of the flag, in order. */
  readonly deliveries: readonly Rule[]
  /** Ids of the flag's rules that a local holdout holds out, by its key; each is gone when it has been told of. */
  readonly heldOut: ReadonlyMap<string, string[]>
  /** Keys of the global holdouts. */
  readonly globals: ReadonlySet<string>
  /** The holdout that is being told of. */
  holdout: string
  /** The reason after this one. */
  next: string
}

type Translation = (telling: Telling, first: string, second: string) => string | null

/** The reasons of a decision in Go's words. */
export function goReasons(decision: Decision, user: string, project: Project): readonly string[] {
  const { reasons, ruleKey } = decision
  if (reasons.length === 0) return reasons
  const flag = project.flags.get(decision.flagKey)
  const deliveries = flag?.rollout.kind === 'rules' ? flag.rollout.rules : []
  const telling: Telling = {
    user,
    ruleKey: ruleKey ?? '',
    deliveries,
    heldOut: heldOutRules([...(flag?.experiments ?? []), ...deliveries]),
    globals: new Set(project.holdouts.map(({ key }) => key)),
    holdout: '',
    next: '',
  }
  return reasons.flatMap((reason, index) => {
    telling.next = reasons[index + 1] ?? ''
    return translate(reason, telling) ?? []
  })
}

function heldOutRules(rules: readonly Rule[]): ReadonlyMap<string, string[]> {
  const ids = new Map<string, string[]>()
  for (const { id, localHoldouts } of rules) {
    for (const { key } of localHoldouts) ids.set(key, [...(ids.get(key) ?? []), id])
  }
  return ids
}

/** A user id may hold anything, also what looks like the rest of a reason: it is taken off by its length. */
function translate(reason: string, telling: Telling): string | null {
  const subject = `User ${telling.user} `
  const isOfUser = reason.startsWith(subject)
  const text = isOfUser ? reason.slice(subject.length) : reason
  for (const [pattern, translation] of isOfUser ? OF_USER : OTHERS) {
    const match = pattern.exec(text)
    if (match !== null) return translation(telling, match[1] ?? '', match[2] ?? '')
  }
  return reason
}

const SILENT: Translation = () => null

/** What follows `User {id} `. */
const OF_USER: readonly (readonly [RegExp, Translation])[] = [
  [
    /^does not meet conditions to be in experiment (.*)\.$/s,
    ({ user }, key) => `User "${user}" does not meet conditions to be in experiment "${key}".`,
  ],
  [
    /^is forced in variation (.*)\.$/s,
    ({ user, ruleKey }, key) => `User "${user}" is whitelisted into variation "${key}" of experiment "${ruleKey}".`,
  ],
  [
    /^does not meet conditions for targeting rule (\d+)\.$/,
    ({ user }, name) => `User "${user}" does not meet conditions for targeting rule ${name}.`,
  ],
  [
    /^meets conditions for targeting rule Everyone Else\.$/,
    ({ user }) => `User "${user}" meets conditions for targeting rule "Everyone Else".`,
  ],
  [/^(meets conditions|does not meet conditions) for holdout (.*)\.$/s, tellOfHoldoutAudience],
  // The JavaScript SDK has the two keys the other way round.
  [/^is in variation (.*) of holdout (.*)\.$/s, tellOfHoldout],
  [/^is in no holdout variation\.$/, tellOfNoHoldout],
  [/^(?:is|bucketed|not bucketed|meets conditions for|does not meet conditions for) /, SILENT],
]

/** What does not begin with the user. */
const OTHERS: readonly (readonly [RegExp, Translation])[] = [
  [/^Audiences for experiment (.*) collectively evaluated to (TRUE|FALSE)\.$/s, tellOfAudiences],
  [/^Audiences for rule (.*) collectively evaluated to TRUE\.$/s, tellOfDelivery],
  [
    /^Returning previously activated variation "(.*)" of experiment "(.*)" for user "/s,
    ({ user }, variation, key) =>
      `User "${user}" was previously bucketed into variation "${variation}" of experiment "${key}".`,
  ],
  [
    /^Variation (.*) is mapped to experiment .* in the forced variation map\.$/s,
    ({ user }, key) => `Override variation ${key} found for user ${user}`,
  ],
  [
    /^Variation key (.*) is not in datafile\. Not activating user /s,
    ({ user }, key) => `User "${user}" is whitelisted into variation "${key}", which is not in the datafile.`,
  ],
  [
    /^Holdout (.*) is not running\.$/s,
    (telling, key) => `${telling.globals.has(key) ? 'Holdout' : 'Local holdout'} ${key} is not running.`,
  ],
  [/^(?:There is no rollout of feature |Invalid rollout ID )/, () => 'Rollout with ID "" is not in the datafile.'],
  [/^(?:Evaluating audiences for |Audiences for rule |Assigned bucket |Bucketed into an invalid |Rollout of )/, SILENT],
  [/^Feature .* is not attached to any experiments\.$/s, SILENT],
]

/** The JavaScript SDK calls a holdout an experiment here: what it says next tells which it is. */
function tellOfAudiences({ next, user }: Telling, key: string, result: string): string {
  const isOfHoldout = next.startsWith(`User ${user} `) && next.endsWith(` for holdout ${key}.`)
  return `Audiences for ${isOfHoldout ? 'holdout' : 'experiment'} ${key} collectively evaluated to ${result.toLowerCase()}.`
}

/** Go evaluates a delivery rule's audience once more before it buckets, and calls the rule by its key then. */
function tellOfDelivery({ deliveries }: Telling, name: string): string {
  const rule = deliveries.at(name === 'Everyone Else' ? -1 : Number(name) - 1)
  return `Audiences for experiment ${rule?.key ?? name} collectively evaluated to true.`
}

function tellOfHoldoutAudience(telling: Telling, does: string, key: string): string {
  telling.holdout = key
  return `User ${telling.user} ${does} for ${kindOf(telling, key)} ${key}.`
}

function tellOfHoldout(telling: Telling, key: string, variation: string): string {
  return `User ${telling.user} is in variation ${variation} of ${kindOf(telling, key)} ${key}${forRule(telling, key)}.`
}

function tellOfNoHoldout(telling: Telling): string {
  const { user, holdout } = telling
  const isGlobal = telling.globals.has(holdout)
  if (isGlobal) return `User ${user} is in no holdout variation.`
  return `User ${user} is not bucketed into local holdout ${holdout}${forRule(telling, holdout)}.`
}

function kindOf({ globals }: Telling, key: string): string {
  return globals.has(key) ? 'holdout' : 'local holdout'
}

/** Rules are tried in order, so that each telling of a local holdout is about the next of those that it holds out. */
function forRule({ globals, heldOut }: Telling, key: string): string {
  return globals.has(key) ? '' : ` for rule ${heldOut.get(key)?.shift() ?? ''}`
}
