/** Decisions that go along with a page, so that an app in it has them before it asks. */
import type { ScriptText } from '../../base/script-text.ts'
import { decideForKeys, type Flag, type Project, type UserProfile } from '../../engine/index.ts'
import { handoffDecision, handoffText } from '../../protocol/decisions-script.ts'
import type { HandoffDecision } from '../../protocol/handoff.ts'
import { forcedOutcome, type PageVisitor, userOf } from './decide-page.ts'
import type { HandedFlags } from './page-fields.ts'
import type { CompiledPage } from './page-project.ts'

/** What is handed over, and the profile when deciding it changed that. */
export interface PlannedHandoff {
  readonly text: ScriptText | null
  readonly profile: UserProfile | null
}

export const NO_HANDOFF: PlannedHandoff = { text: null, profile: null }

/** The flags that are handed over on a page: all that its pages name; where none says anything, as the site has it. */
export function handedFlags(matched: readonly CompiledPage[], otherwise: HandedFlags): HandedFlags {
  const said = matched.flatMap(({ handoff }) => (handoff === null ? [] : [handoff]))
  if (said.length === 0) return otherwise
  return said.includes('all') ? 'all' : [...new Set(said.flat())]
}

/** Decides flags for the visitor of a page, with what the page's own decisions have made of the visitor's profile. */
export function planHandoff(project: Project, visitor: PageVisitor, flags: HandedFlags): PlannedHandoff {
  const keys = flags === 'all' ? [...project.flags.keys()] : flags.filter((key) => project.flags.has(key))
  if (keys.length === 0) return NO_HANDOFF
  const { decisions, profile } = decideForKeys(project, keys, userOf(visitor))
  const handed: HandoffDecision[] = []
  for (const [flagKey, decision] of decisions) {
    const flag = project.flags.get(flagKey)
    const forced = flag === undefined ? null : forcedDecision(flag, visitor)
    if (forced !== null) handed.push(forced)
    else if (decision.kind === 'decided') handed.push(handoffDecision(decision))
  }
  const { userId, attributes } = visitor
  return { text: handoffText({ user: { userId, attributes }, decisions: handed }), profile }
}

/** A variation that is looked at before it is live is that of the flag, too. */
function forcedDecision(flag: Flag, visitor: PageVisitor): HandoffDecision | null {
  const outcome = forcedOutcome(flag, visitor)
  if (outcome === null) return null
  const { rule, variation } = outcome
  const enabled = variation?.featureEnabled ?? false
  return {
    flagKey: flag.key,
    enabled,
    variationKey: variation?.key ?? null,
    ruleKey: rule?.key ?? null,
    variables: flag.variables(enabled ? variation : null),
  }
}
