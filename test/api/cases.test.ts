import { beforeAll, describe, expect, test } from 'vitest'
import { CASE_FILES, type DecisionCase, type ExpectedAnswer } from '../support/cases.ts'
import { type Ask, startService, upload } from '../support/service.ts'

let ask: Ask
beforeAll(async () => {
  ask = startService()
  for (const { name, datafile } of CASE_FILES) {
    const response = await upload(ask, name, datafile, '?force=true')
    if (!response.ok) throw new Error(`${name} was refused: ${await response.text()}`)
  }
})

/** Those that can be asked: the API wants a user to have an id. */
const ASKABLE = CASE_FILES.map(({ name, cases }) => ({
  name,
  cases: cases.filter(({ engineOnly, user }) => engineOnly === undefined && user.userId !== ''),
})).filter(({ cases }) => cases.length > 0)

describe.each(ASKABLE)('over HTTP, $name', ({ name: key, cases }) => {
  test.each(cases)('$name', async (asked) => {
    const { userId, attributes } = asked.user
    const body = JSON.stringify({ feature: asked.ask, userId, key, attributes, reasons: true })
    expect(await answersTo('/', { method: 'POST', body }, asked)).toEqual(asked.expected)
  })

  test.each(cases.filter(({ ask }) => typeof ask === 'string'))('$name, in the query', async (asked) => {
    const { userId, attributes } = asked.user
    const query = new URLSearchParams({ feature: String(asked.ask), userId, key, reasons: 'true' })
    query.set('attributes', JSON.stringify(attributes))
    expect(await answersTo(`/?${query}`, {}, asked)).toEqual(asked.expected)
  })
})

/** What the service says, in the form of the cases: a flag that was asked for twice once. */
async function answersTo(
  path: string,
  init: Parameters<Ask>[1],
  asked: DecisionCase,
): Promise<readonly ExpectedAnswer[]> {
  const body: Answer | readonly Answer[] = await (await ask(path, init)).json()
  const answers = Array.isArray(body) ? body : [{ flagKey: String(asked.ask), ...body }]
  return [...new Map(answers.map((answer: Answer) => [answer.flagKey, expectedOf(answer)])).values()]
}

type Answer = { flagKey: string; error?: { code: string; message: string } } & Exclude<
  ExpectedAnswer,
  { failure: unknown }
>

function expectedOf({ flagKey, error, enabled, variationKey, ruleKey, variables, reasons }: Answer): ExpectedAnswer {
  if (error === undefined) return { flagKey, enabled, variationKey, ruleKey, variables, reasons }
  const failure = error.code === 'unknown_flag' ? 'unknown_flag' : 'unknown_group'
  return { flagKey, failure, message: error.message }
}
