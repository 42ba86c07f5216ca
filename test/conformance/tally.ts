/** Counts what generated cases come to, so that a comparison of nothing but misses is seen for what it is. */
import type { Answer, FlagAnswer, Question } from './case.ts'
import type { Agreement } from './compare.ts'

/** Each reason of the SDK by the part of it that is no name, and other outcomes by name. */
export const OUTCOMES = {
  'an experiment is not running': reason(/^Experiment .* is not running\.$/s),
  'a stored variation is returned': reason(/^Returning previously activated variation /),
  'an audience keeps the user out of an experiment': reason(/ does not meet conditions to be in experiment /),
  'traffic keeps the user out of an experiment': reason(/ is in no variation of experiment /),
  'the user is bucketed into an experiment': reason(/ is in variation .* of experiment /s),
  'the user is whitelisted': reason(/^User .* is forced in variation /s),
  'the whitelist names no variation': reason(/^Variation key .* is not in datafile\. Not activating user /s),
  'a bandit is skipped': reason(/^CMAB is not supported in sync mode\.$/),
  'a flag has no experiments': reason(/ is not attached to any experiments\.$/),
  'audiences are true': reason(/ collectively evaluated to TRUE\.$/),
  'audiences are false': reason(/ collectively evaluated to FALSE\.$/),
  'the group puts the user into no experiment': reason(/ is not in any experiment of group /),
  'the group puts the user into another experiment': reason(/ is not in experiment .* of group /s),
  'the group puts the user into the experiment': reason(/ is in experiment .* of group /s),
  'a range names no variation': reason(/^Bucketed into an invalid variation ID\. Returning null\.$/),
  'a flag has no rollout': reason(/^There is no rollout of feature /),
  'a flag names a rollout that is not there': reason(/^Invalid rollout ID /),
  'a rollout has no rules': reason(/^Rollout of feature .* has no experiments$/s),
  'the user is in a rollout': reason(/ is in rollout of feature /),
  'the user is not in a rollout': reason(/ is not in rollout of feature /),
  'an audience keeps the user out of a delivery rule': reason(/ does not meet conditions for targeting rule /),
  'the user is bucketed into a delivery rule': reason(/ bucketed into targeting rule /),
  'traffic sends the user to everyone else': reason(/ due to traffic allocation\. Trying everyone rule\.$/),
  'a variation is forced on a rule': reason(/^Variation \(.*\) is mapped to flag \(.*\), rule /s),
  'a variation is forced on a flag': reason(/^Variation \(.*\) is mapped to flag \(.*\) and user /s),
  'a rule is forced into a variation that is not there': reason(/^Invalid variation is mapped to flag \(.*\), rule /s),
  'a flag is forced into a variation that is not there': reason(
    /^Invalid variation is mapped to flag \(.*\) and user /s,
  ),
  'a holdout is not running': reason(/^Holdout .* is not running\.$/s),
  'an audience keeps the user out of a holdout': reason(/ does not meet conditions for holdout /),
  'the user is in a holdout': reason(/ is in variation .* of holdout /s),
  'traffic keeps the user out of a holdout': reason(/ is in no holdout variation\.$/),
  'a holdout leaves deliveries alone': reason(/ has excludeTargetedDeliveries enabled, continuing /),
  'a flag is not found': reason(/^No flag was found for key /),
  'a flag is on': flag(({ enabled }) => enabled),
  'a flag has variables': flag(({ variables }) => Object.keys(variables ?? {}).length > 0),
  'a profile is saved': ({ answer }: Answered) => (answer.profile === null ? 0 : 1),
  'one flag is asked for': ({ question }: Answered) => (question.ask.kind === 'one' ? 1 : 0),
  'several flags are asked for': ({ question }: Answered) => (question.ask.kind === 'several' ? 1 : 0),
  'all flags are asked for': ({ question }: Answered) => (question.ask.kind === 'all' ? 1 : 0),
} as const

export type OutcomeName = keyof typeof OUTCOMES

interface Answered {
  readonly question: Question
  readonly answer: Extract<Answer, { kind: 'answered' }>
}

/** What a run has come to so far. */
export interface Tally {
  /** Decisions of single flags that were compared. */
  decisions: number
  /** Datafiles that both sides refused, and questions at which the SDK threw and the engine failed a flag. */
  refused: number
  threw: number
  readonly outcomes: Map<OutcomeName, number>
}

export function emptyTally(): Tally {
  return { decisions: 0, refused: 0, threw: 0, outcomes: new Map() }
}

/** Adds one agreement. */
export function count(tally: Tally, agreement: Agreement): void {
  switch (agreement.kind) {
    case 'both-refused':
      tally.refused++
      return
    case 'threw':
      tally.threw++
      return
    case 'answered':
      tally.decisions += agreement.answer.flags.length
      for (const [name, occurrences] of Object.entries(OUTCOMES)) {
        add(tally, name as OutcomeName, occurrences(agreement))
      }
  }
}

function add({ outcomes }: Tally, name: OutcomeName, times: number): void {
  if (times > 0) outcomes.set(name, (outcomes.get(name) ?? 0) + times)
}

function reason(text: RegExp): (answered: Answered) => number {
  return flag(({ reasons }) => reasons.some((each) => text.test(each)))
}

function flag(holds: (answer: FlagAnswer) => boolean): (answered: Answered) => number {
  return ({ answer }) => answer.flags.filter(holds).length
}
