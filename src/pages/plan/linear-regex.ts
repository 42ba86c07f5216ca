/**
 * Matches regular expressions without ever going back: all ways in which one could match are followed at once, one
 * character after the other (source: K. Thompson, Regular Expression Search Algorithm, 1968), and where a character
 * leads is remembered. JavaScript's own matcher tries one way after the other, so that already `a.*b` takes a time that
 * grows with the square of the text's length.
 */
import { ok, type Result } from '../../base/result.ts'
import { type Step, type Steps, stepsOf } from './regex-steps.ts'

/** A compiled regular expression that ignores case, as JavaScript's flag `i` does. Safe to share between requests. */
export interface LinearRegex extends Steps {
  /** What has been worked out: never more than MOST_STATES. The one at 0 is none. */
  readonly states: State[]
}

/** A place between two characters, and everything that could happen next there. */
interface State {
  /** Indexes of steps; ascending in those that are remembered. */
  readonly reached: number[]
  /** What stands before it. */
  readonly before: 'start' | 'word' | 'other'
  /** By the character that stands here, or END: the index of the state behind it, or 0 as long as it is not known. */
  readonly nexts: Uint8Array
}

/** A URL that is longer is not looked at, in characters. */
export const LONGEST_REGEX_INPUT = 2_048

/** As many as a byte can tell apart: each takes some 200 bytes, and 8 for each step that can be next. */
const MOST_STATES = 256

/** Stands for the character after the last one. */
const END = 127

const MATCHED = stateOf([], 'start')
const FAILED = stateOf([], 'start')
const FIRST_INDEX = 3

/** Compiles a regular expression; the failure says what it should have been. */
export function compileRegex(source: string): Result<LinearRegex, string> {
  const made = stepsOf(source)
  return made.ok ? ok({ ...made.value, states: [] }) : made
}

/**
 * Says whether a regular expression finds something in a URL, which `URL` has written in printable ASCII; `null` where
 * it has more than 2,048 characters. Takes each of the at most 512 steps at most once for each character, and once more.
 */
export function testRegex(regex: LinearRegex, url: string): boolean | null {
  if (url.length > LONGEST_REGEX_INPUT) return null
  let state = firstState(regex)
  for (let at = 0; at <= url.length; at++) {
    const code = at === url.length ? END : url.charCodeAt(at)
    state = regex.states[state.nexts[code] || 0] ?? advance(regex, state, code)
    if (state === MATCHED) return true
    if (state === FAILED) return false
  }
  return false
}

/** Where every URL begins. What is full is emptied, so that nobody can fill it for good with what is of no use. */
function firstState({ start, states }: LinearRegex): State {
  if (states.length === MOST_STATES) states.length = 0
  if (states.length === 0) {
    states.length = 1
    states.push(MATCHED, FAILED, stateOf([start], 'start'))
  }
  return states[FIRST_INDEX] ?? FAILED
}

function stateOf(reached: number[], before: State['before']): State {
  return { reached, before, nexts: new Uint8Array(END + 1) }
}

/** Works out the state behind a character, and remembers it as long as there is room. */
function advance(regex: LinearRegex, from: State, code: number): State {
  const { states } = regex
  const to = stateBehind(regex, from, code === END ? '' : String.fromCharCode(code))
  if (states.length === MOST_STATES) return to
  to.reached.sort(ascending)
  const index = states.findIndex((state) => state !== undefined && isSame(state, to))
  from.nexts[code] = index === -1 ? states.push(to) - 1 : index
  return states[index] ?? to
}

/** The two that end a test are themselves alone. */
function isSame(known: State, state: State): boolean {
  if (known === state) return true
  const { reached, before } = known
  return (
    reached.length > 0 &&
    reached.length === state.reached.length &&
    before === state.before &&
    reached.every((step, index) => step === state.reached[index])
  )
}

function stateBehind(regex: LinearRegex, state: State, character: string): State {
  const { steps, start } = regex
  const waiting = follow(steps, state, character)
  if (waiting === null) return MATCHED
  if (character === '') return FAILED
  const reached = new Set(isAnchored(regex) ? [] : [start])
  for (const { pattern, next } of waiting) if (pattern.test(character)) reached.add(next)
  if (reached.size === 0) return FAILED
  return stateOf([...reached], isWord(character) ? 'word' : 'other')
}

/** A step that begins with `^` can only be taken at the start. */
function isAnchored({ steps, start }: LinearRegex): boolean {
  const step = steps[start]
  return step?.kind === 'assertion' && step.assertion === '^'
}

type UnitStep = Extract<Step, { kind: 'unit' }>

/** The steps that need the character which stands at a state, after all that need none; `null` where one is the end. */
function follow(steps: readonly Step[], { reached, before }: State, character: string): readonly UnitStep[] | null {
  const waiting: UnitStep[] = []
  const taken = new Set(reached)
  // Grows while it is walked.
  for (const index of taken) {
    const step = steps[index]
    if (step?.kind === 'end') return null
    if (step?.kind === 'unit') waiting.push(step)
    else if (step?.kind === 'fork') for (const next of step.nexts) taken.add(next)
    else if (step !== undefined && holds(step.assertion, before, character)) taken.add(step.next)
  }
  return waiting
}

function holds(assertion: string, before: State['before'], character: string): boolean {
  if (assertion === '^') return before === 'start'
  if (assertion === '$') return character === ''
  const isBoundary = (before === 'word') !== isWord(character)
  return isBoundary === (assertion === '\\b')
}

function isWord(character: string): boolean {
  return /\w/.test(character)
}

function ascending(left: number, right: number): number {
  return left - right
}
