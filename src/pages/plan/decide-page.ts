import {
  type Attributes,
  decide,
  decideExperiment,
  type Evidence,
  type Flag,
  type Holdout,
  type Project,
  type Rule,
  type UserContext,
  type UserProfile,
  type Variation,
  variationOfRule,
} from '../../engine/index.ts'
import type { PageDecision } from './page.ts'
import type { PageRule } from './page-project.ts'
import { canApply } from './redirect.ts'

/** For whom a page is decided. */
export interface PageVisitor {
  readonly userId: string
  readonly attributes: Attributes
  /** Absent where nobody keeps assignments. */
  readonly profile?: UserProfile
  /** Variations that are shown whatever else holds, for previews: of an experiment that does not run, too. */
  readonly forced?: readonly ForcedVariation[]
  readonly includeReasons?: boolean
}

export interface ForcedVariation {
  readonly experimentKey: string
  readonly variationKey: string
}

/** A decision, and the rule that it is about. */
export interface DecidedRule {
  readonly rule: PageRule
  readonly decision: PageDecision
}

/** The decisions for a page, in the order of its rules, and the profile when they changed it. */
export interface DecidedPage {
  readonly decided: readonly DecidedRule[]
  readonly profile: UserProfile | null
}

/** What a flag, or an experiment by itself, came to. */
interface Outcome {
  readonly rule: Rule | Holdout | null
  /** None for whoever is held out. */
  readonly variation: Variation | null
  readonly holdout: PageDecision['holdout']
  readonly reasons: readonly string[]
}

/** One page's decisions while they are made. */
interface Deciding {
  readonly project: Project
  readonly visitor: PageVisitor
  readonly flags: Map<Flag, Outcome>
  profile: UserProfile | undefined
}

/** Decides the rules that are about a page, each flag once. Never throws: what cannot be evaluated gives no variation. */
export function decidePage(project: Project, rules: readonly PageRule[], visitor: PageVisitor): DecidedPage {
  const deciding: Deciding = { project, visitor, flags: new Map(), profile: visitor.profile }
  const decided: DecidedRule[] = []
  for (const rule of rules) {
    const decision = decideRule(deciding, rule)
    // A delivery is heard of only by those who get it: the rest of its flag decides for the others.
    if (decision.variation !== null || !rule.isDelivery) decided.push({ rule, decision })
  }
  return { decided, profile: deciding.profile === visitor.profile ? null : (deciding.profile ?? null) }
}

/** Whether a rule can give this visitor a variation. */
export function isOpen(rule: PageRule, visitor: PageVisitor): boolean {
  return canApply(rule) || forcedVariation(rule.rule, visitor) !== null
}

function decideRule(deciding: Deciding, { rule, flags, isDelivery }: PageRule): PageDecision {
  const outcomes = flags.map((flag) => ({ flag, outcome: flagOutcome(deciding, flag) }))
  // An experiment of several flags counts where any of them gets as far.
  const reached = outcomes.find(({ outcome }) => outcome.rule?.id === rule.id && outcome.variation !== null)
  const { flag, outcome } = reached ?? outcomes[0] ?? { flag: null, outcome: experimentOutcome(deciding, rule) }
  // One that leaves deliveries alone keeps the visitor out of experiments only, and one of another rule out of that.
  const holdout = reached === undefined && isAbout(outcome.holdout, rule, deciding) ? outcome.holdout : null
  const usual = isDelivery ? 'rollout' : 'experiment'
  return {
    experimentId: rule.id,
    experimentKey: rule.key,
    flagKey: flag?.key ?? null,
    variation: flag === null || reached !== undefined ? outcome.variation : null,
    holdout,
    source: holdout === null ? usual : 'holdout',
    reasons: outcome.reasons,
  }
}

function isAbout(holdout: Outcome['holdout'], { localHoldouts }: Rule, { project }: Deciding): boolean {
  return [...project.holdouts, ...localHoldouts].some((one) => one === holdout?.rule)
}

function flagOutcome(deciding: Deciding, flag: Flag): Outcome {
  const known = deciding.flags.get(flag)
  if (known !== undefined) return known
  const outcome = forcedOutcome(flag, deciding.visitor) ?? decideFlag(deciding, flag)
  deciding.flags.set(flag, outcome)
  return outcome
}

/** What a preview makes of a flag; `null`: nothing. */
export function forcedOutcome({ experiments, rollout }: Flag, visitor: PageVisitor): Outcome | null {
  const rules = [...(experiments ?? []), ...(rollout.kind === 'rules' ? rollout.rules : [])]
  for (const rule of visitor.forced === undefined ? [] : rules) {
    const variation = forcedVariation(rule, visitor)
    if (variation !== null) return forcedInto(rule, variation, visitor)
  }
  return null
}

function decideFlag(deciding: Deciding, flag: Flag): Outcome {
  const { project, visitor } = deciding
  const { decision, profile } = decide(project, flag.key, visitorNow(deciding), {
    ...optionsOf(visitor),
    excludeVariables: true,
  })
  deciding.profile = profile ?? deciding.profile
  const { reasons } = decision
  if (decision.kind === 'failed') return { rule: null, variation: null, holdout: null, reasons }
  return outcomeOf(decision.evidence, reasons)
}

function experimentOutcome(deciding: Deciding, rule: Rule): Outcome {
  const { project, visitor } = deciding
  const forced = forcedVariation(rule, visitor)
  if (forced !== null) return forcedInto(rule, forced, visitor)
  const { decision, profile } = decideExperiment(project, rule, visitorNow(deciding), optionsOf(visitor))
  if (!decision.ok) return { rule, variation: null, holdout: null, reasons: [decision.error.message] }
  deciding.profile = profile ?? deciding.profile
  return outcomeOf(decision.value, decision.value.reasons)
}

function outcomeOf(
  {
    rule,
    variation,
    source,
    holdout = null,
  }: Omit<Partial<Evidence>, 'source'> & Pick<Evidence, 'rule' | 'variation'> & { readonly source: string },
  reasons: readonly string[],
): Outcome {
  if (source !== 'holdout') return { rule, variation, holdout, reasons }
  return { rule, variation: null, holdout: rule && variation && { rule, variation }, reasons }
}

function visitorNow({ visitor, profile }: Deciding): UserContext {
  return userOf(profile === undefined ? visitor : { ...visitor, profile })
}

/** For the engine, with a profile only where somebody keeps one. */
export function userOf({ userId, attributes, profile }: PageVisitor): UserContext {
  return profile === undefined ? { userId, attributes } : { userId, attributes, profile }
}

function optionsOf({ includeReasons = false }: PageVisitor) {
  return { includeReasons }
}

function forcedVariation(rule: Rule, { forced }: PageVisitor): Variation | null {
  const entry = forced?.find(({ experimentKey }) => experimentKey === rule.key)
  return (entry && variationOfRule(rule, entry.variationKey)) ?? null
}

function forcedInto(rule: Rule, variation: Variation, { includeReasons }: PageVisitor): Outcome {
  const reasons = includeReasons ? [`Variation ${variation.key} of experiment ${rule.key} is forced.`] : []
  return { rule, variation, holdout: null, reasons }
}
