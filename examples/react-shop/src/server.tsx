/** The shop rendered on a server, with the decisions of the visitor who asked for it. */
import { PassThrough } from 'node:stream'
import { renderToPipeableStream } from 'react-dom/server'
import { createDecisionStore, decisionsScript, type Handoff, type StoreOptions } from 'turnout/client'
import { App } from './app.tsx'

export { visitorCookie, visitorOf } from './visitor.ts'

/** Whose decisions a page is rendered with. */
export type Visit = Pick<StoreOptions, 'url' | 'key'> & { readonly userId: string }

/** The page in parts, as they are ready: `template` is the `index.html` of the build. */
export async function* renderPage(template: string, visit: Visit): AsyncGenerator<string> {
  const [start = '', end = ''] = template.split('<!--app-->')
  const handoff = await decide(visit)
  yield start.replace('</head>', () => `${handoff === null ? '' : decisionsScript(handoff)}</head>`)
  const { url, key, userId } = visit
  const store = createDecisionStore({ url, key, user: { userId }, initial: handoff })
  const { pipe } = renderToPipeableStream(<App store={store} />)
  yield* pipe(new PassThrough({ encoding: 'utf8' }))
  yield end
}

/** `null` where Turnout cannot be asked: the page is rendered with the defaults, and the browser asks again. */
async function decide({ url, key, userId }: Visit): Promise<Handoff | null> {
  const { status, decisions } = await createDecisionStore({ url, key, user: { userId }, initial: null }).refresh()
  if (status.kind !== 'ready') return null
  return { user: { userId, attributes: {} }, decisions: Object.values(decisions).filter((one) => one !== undefined) }
}
