import { compileTree, type Test, unknown } from '../../engine/index.ts'
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
  const test = compileTree(conditions, compileCondition)
  return (url) => {
    const forms = url()
    return forms !== null && test(forms) === true
  }
}

function compileCondition(condition: UrlCondition): Test<UrlForms> {
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
