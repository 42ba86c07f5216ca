import { testRegex } from './linear-regex.ts'
import type { UrlCondition, UrlConditions } from './url-condition.ts'
import { formsOf, type UrlForms } from './url-forms.ts'

/** A URL to be compared: its forms, made once and only when a condition asks. */
export type ComparedUrl = () => UrlForms | null

/** Whether a page is about a URL. */
export type UrlTest = (url: ComparedUrl) => boolean

/** Makes a URL ready for the tests of any number of pages. */
export function comparedUrl(url: string | URL): ComparedUrl {
  let forms: UrlForms | null | undefined
  return () => {
    if (forms === undefined) forms = formsOf(url)
    return forms
  }
}

/**
 * Compiles the conditions of a page into a test. It goes by Kleene's logic, as audiences do: a page is about a URL only
 * where that is so whatever an unknown condition, or a regular expression on more than 2,048 characters, would have
 * said. What is no absolute http(s) URL matches no page.
 */
export function compileUrlTest(conditions: UrlConditions): UrlTest {
  const test = compile(conditions)
  return (url) => {
    const forms = url()
    return forms !== null && test(forms) === true
  }
}

/** `null` is unknown. */
type Test = (url: UrlForms) => boolean | null

function compile(tree: UrlConditions): Test {
  switch (tree.kind) {
    case 'leaf':
      return compileCondition(tree.leaf)
    case 'not':
      return tree.operand === null ? unknown : negation(compile(tree.operand))
    case 'and':
      return joined(tree.operands.map(compile), false)
    case 'or':
      return joined(tree.operands.map(compile), true)
  }
}

function compileCondition(condition: UrlCondition): Test {
  switch (condition.match) {
    case 'simple':
      return ({ simple }) => simple === condition.value
    case 'exact':
      return ({ exact }) => exact === condition.value
    case 'substring':
      return ({ lower }) => lower.includes(condition.value)
    case 'regex':
      return ({ whole }) => testRegex(condition.regex, whole)
    case 'unknown':
      return unknown
  }
}

function unknown(): null {
  return null
}

function negation(operand: Test): Test {
  return (url) => {
    const result = operand(url)
    return result === null ? null : !result
  }
}

/** `and` is decided by the first false, `or` by the first true. */
function joined(operands: readonly Test[], decisive: boolean): Test {
  return (url) => {
    let result: boolean | null = !decisive
    for (const operand of operands) {
      const outcome = operand(url)
      if (outcome === decisive) return decisive
      if (outcome === null) result = null
    }
    return result
  }
}
