/**
 * A shop that makes its own pages, and has Turnout experiment on them. The page and its plan are made side by side; without
 * a plan, the visitor gets the page as it is.
 */
import { answerNavigation, applyExperiments } from '../../src/pages/index.ts'
import { askTurnout, type Turnout } from './ask-turnout.ts'
import { makePage } from './pages.ts'
import { visitorOf } from './visitor.ts'

/** How long a page that is ready waits for its plan. */
const BUDGET_MS = 50
/** Where pages that navigate by themselves ask for the plan of the next one. */
const PLAN_PATH = '/plan'

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url)
    const { userId, cookies } = visitorOf(request)
    if (pathname === PLAN_PATH) {
      const url = searchParams.get('url') ?? ''
      return answerNavigation(await askTurnout({ request, url, userId }, env), { cookies, planPath: PLAN_PATH })
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return new Response(null, { status: 405 })
    const asked = askTurnout({ request, url: request.url, userId }, env)
    const page = await makePage(pathname)
    return applyExperiments(request, page, await inTime(asked), { cookies, planPath: PLAN_PATH })
  },
} satisfies ExportedHandler<Turnout>

function inTime(asked: Promise<unknown>): Promise<unknown> {
  return Promise.race([asked, new Promise((resolve) => setTimeout(resolve, BUDGET_MS))])
}
