/** F34 Something of ours throws, wherever it may be: the page is the origin's, or is missing no byte of it. */
import { afterAll, describe, expect, it, vi } from 'vitest'
import { BROKEN, bundleBreakable } from './breakable.ts'
import { type Answer, told } from './client.ts'
import {
  edited,
  experimentDatafile,
  oursIn,
  RETURNING,
  startExperiment,
  USER_AGENT,
  withoutOurs,
} from './experiment.ts'
import { PAGE } from './pages.ts'
import { startSite } from './worker.ts'

/** What a page with an experiment goes through. */
const POINTS = {
  'http/cookies.ts': ['readCookies', 'setsCookie', 'setCookie'],
  'http/etag.ts': ['fingerprint'],
  'pages/plan/compile-pages.ts': ['pageProjectOf'],
  'pages/plan/edge-attributes.ts': ['edgeAttributesOf', 'fillAttributes'],
  'pages/plan/plan-page.ts': ['planPage'],
  'pages/proxy/own-parameters.ts': ['withoutOwnParameters'],
  'pages/proxy/participation.ts': ['participationOf'],
  'pages/proxy/preview.ts': ['readPreview'],
  'pages/proxy/plan-visit.ts': ['planVisit'],
  'pages/proxy/visitor.ts': ['readVisitor', 'visitorCookie'],
  'pages/proxy/redirect.ts': ['redirectOf'],
  'pages/proxy/validators.ts': ['conditionsUnder', 'hasPageTags', 'pageTag', 'keptTag'],
  'pages/proxy/carry-out.ts': ['carryOut'],
  'pages/proxy/apply-plan.ts': ['applyPlan', 'tagOf'],
  'pages/proxy/dress.ts': ['dress'],
  'pages/proxy/csp.ts': ['permit', 'policiesOf', 'amendPolicies', 'scriptHash'],
  'pages/proxy/head-markup.ts': ['headMarkup', 'styleText', 'styleRules'],
  'pages/proxy/personal-headers.ts': ['makePersonal', 'forgetBytes', 'setEtag'],
  'pages/browser/page-script.ts': ['pageScripts'],
  'pages/html/editable.ts': ['editableHtml'],
  'pages/html/insert-markup.ts': ['insertAtScriptPlace'],
  'pages/html/prefix-scan.ts': ['scanPrefix'],
  'pages/html/body-editor.ts': ['BodyEditor'],
  'pages/html/page-editor.ts': ['PageEditor'],
  'pages/html/rewrite-sites.ts': ['rewriteSites'],
}

const code = await bundleBreakable(POINTS)
const { visit, askOrigin, origin } = await startExperiment(afterAll, { code })

const POLICY = { 'content-security-policy': "default-src 'self'" }
origin.on('/policy', (_, response) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', etag: '"v1"', ...POLICY }).end(PAGE)
})

/** Each with what is not there without it, on a page on which it is. */
const EVERYTHING = Object.values(POINTS).flat()
const IN_THE_BODY = ['BodyEditor', 'PageEditor', 'rewriteSites']
/** Those that give promises, or may. */
const WAITED_FOR = ['planVisit', 'readPreview', 'carryOut', 'applyPlan', 'dress', 'scriptHash', 'insertAtScriptPlace']
const BEFORE_THE_PAGE = EVERYTHING.filter((name) => !IN_THE_BODY.includes(name))

const ORIGINAL = Buffer.from(PAGE).toString('latin1')

function withoutNote(answer: Answer): object {
  return told({ ...answer, headers: answer.headers.filter(([name]) => name !== 'turnout-note') })
}

describe('F34 the Worker whose functions can be made to fail', () => {
  it('does as ever while none does', async () => {
    expect(withoutOurs(await visit('/policy', RETURNING))).toBe(edited(PAGE))
  })
})

describe('F34 whatever throws before a page is sent', () => {
  it.each(BEFORE_THE_PAGE)('the page is the origin’s, or is edited as ever: %s', (name) => expectWhole(name))
})

describe('F34 whatever is waited for in vain before a page is sent', () => {
  it.each(WAITED_FOR)('the page is the origin’s, or is edited as ever: %s', (name) => expectWhole(`${name} async`))
})

async function expectWhole(broken: string): Promise<void> {
  const answer = await visit('/policy?turnout_x=1', { ...RETURNING, [BROKEN]: broken })
  const isAsEver = withoutOurs(answer) === edited(PAGE) && answer.status === 200 && answer.complete
  if (!isAsEver) expect(withoutNote(answer)).toEqual(told(await askOrigin('/policy')))
}

describe('F34 whatever throws where the visitor has kept the page', () => {
  it.each(BEFORE_THE_PAGE)('it comes whole, or not at all: %s', async (name) => {
    const tag = (await visit('/etag', RETURNING)).header('etag') ?? ''
    const answer = await visit('/etag', { ...RETURNING, 'if-none-match': tag, [BROKEN]: name })
    if (answer.status !== 304) expect([ORIGINAL, edited(PAGE)]).toContain(withoutOurs(answer))
  })
})

describe('F34 whatever throws while a page is sent', () => {
  const HALF = PAGE.indexOf('<p id="cta">')
  origin.on('/halves', async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).write(PAGE.slice(0, HALF))
    await new Promise((resolve) => setTimeout(resolve, 50))
    response.end(PAGE.slice(HALF))
  })
  const FIRST_EDITED = `${edited(PAGE.slice(0, HALF))}${Buffer.from(PAGE.slice(HALF)).toString('latin1')}`

  it.each([...IN_THE_BODY, 'rewriteSites async'])(
    'every byte of it comes, and the script with what is left to do: %s',
    async (name) => {
      const answer = await visit('/halves', { ...RETURNING, [BROKEN]: name })
      expect(withoutOurs(answer)).toBe(ORIGINAL)
      expect([answer.complete, oursIn(answer).length > 1]).toEqual([true, true])
    },
  )

  it.for(IN_THE_BODY)('the log says what was thrown: %s', async (name, { onTestFinished }) => {
    const fresh = await startSite(onTestFinished, { code, datafile: experimentDatafile() })
    await fresh.ask('/page.html', { headers: { ...RETURNING, 'user-agent': USER_AGENT, [BROKEN]: name } })
    await vi.waitFor(() => expect(fresh.workerd.logged.join()).toContain('"code":"page_failed"'))
  })

  it('what was edited before stays so', async () => {
    const answer = await visit('/halves', { ...RETURNING, [BROKEN]: 'rewriteSites later' })
    expect(withoutOurs(answer)).toBe(FIRST_EDITED)
    expect(answer.complete).toBe(true)
  })
})

describe.concurrent('F34 whatever throws in a fresh isolate, which asks the origin before it has a plan', () => {
  it.for(['redirectOf', 'tagOf', 'withoutOwnParameters', 'planVisit', 'carryOut', 'readCookies'])(
    'the page is whole: %s',
    async (name, { onTestFinished }) => {
      const cold = await startSite(onTestFinished, { code, datafile: experimentDatafile() })
      const headers = { ...RETURNING, 'user-agent': USER_AGENT, [BROKEN]: name }
      const answer = await cold.ask('/page.html?turnout_x=1', { headers })
      expect([answer.status, answer.complete]).toEqual([200, true])
      expect([ORIGINAL, edited(PAGE)]).toContain(withoutOurs(answer))
    },
  )
})
