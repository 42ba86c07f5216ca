import { PassThrough } from 'node:stream'
import { renderToPipeableStream } from 'react-dom/server'
import { createDecisionStore, decisionsScript, type Handoff } from '../../../../src/client/index.ts'
import { Shop } from './shop.tsx'

/** The shop's page, part by part. The handed-off decisions stand before the app's script, which is run once the page is there. */
export async function* renderPage(handoff: Handoff | null): AsyncGenerator<string | Uint8Array> {
  const store = createDecisionStore({ url: '/flags', key: 'shop', user: { userId: 'u1' }, initial: handoff })
  const head = `<title>Shop</title>${handoff === null ? '' : decisionsScript(handoff)}<script src="/app.js" defer></script>`
  yield `<!doctype html><html lang="en"><head>${head}</head><body><div id="root">`
  const { pipe } = renderToPipeableStream(<Shop store={store} />)
  yield* pipe(new PassThrough())
  yield '</div></body></html>'
}
