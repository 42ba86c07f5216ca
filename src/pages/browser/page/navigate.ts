/** Follows an app that changes the URL by itself: undoes the edits of the page that was left, and makes the new one's. */
import type { PageAnswer, PageEdit } from '../../../protocol/page.ts'
import { begin, marks } from './apply.ts'
import { code } from './code.ts'
import { settle } from './keep.ts'
import { reporter, send } from './report.ts'
import type { CodeTask, Mark } from './types.ts'

/** How long an app may take to render the page after its plan is there. */
const RENDERED_WITHIN_MS = 3000

const nonce = document.currentScript?.nonce ?? ''
let sheet: CSSStyleSheet | undefined

/**
 * Asks `GET planUrl?url=…`, of the page's own origin, whenever the URL has changed in more than its hash. With `eventsPath` the
 * page reports what only it knows.
 */
export function navigate(planUrl: string, eventsPath?: string): void {
  let url = currentUrl()
  let controller: AbortController | undefined
  const look = async () => {
    if (url === currentUrl()) return
    url = currentUrl()
    controller?.abort()
    controller = new AbortController()
    const { signal } = controller
    const answer = await ask(`${planUrl}?url=${encodeURIComponent(url)}${eventsPath ? '&reports=true' : ''}`, signal)
    if (!signal.aborted) turnTo(answer, eventsPath)
  }
  const { navigation } = self as { navigation?: EventTarget }
  if (navigation) navigation.addEventListener('currententrychange', look)
  else {
    addEventListener('popstate', look)
    for (const name of ['pushState', 'replaceState'] as const) {
      const native = history[name]
      history[name] = (...given) => {
        native.apply(history, given)
        void look()
      }
    }
  }
}

/** Code that came with a plan runs where the page's policy gave us a nonce, or asks for none. */
export function runCode(task: CodeTask): void {
  if (task.code && !task.isMade) {
    const script = document.createElement('script')
    script.nonce = nonce
    script.dataset.turnout = ''
    script.text = `(function(){${task.code}\n})()`
    document.head.append(script)
    script.remove()
  }
  code(task)
}

/** `undefined`: there is no plan to be had, or nobody waits for it any more. */
async function ask(url: string, signal: AbortSignal): Promise<PageAnswer | undefined> {
  try {
    const response = await fetch(url, { signal })
    if (response.ok) return await response.json()
  } catch {
    // The network, or no JSON: nothing belongs to this URL.
  }
  return undefined
}

function currentUrl(): string {
  return location.href.replace(/#.*/, '')
}

function turnTo(answer: PageAnswer | undefined, eventsPath = ''): void {
  if (answer?.redirect) {
    location.replace(answer.redirect)
    return
  }
  try {
    for (const [element, bySlot] of [...marks].reverse()) {
      for (const mark of Object.values(bySlot).reverse()) undo(element, mark)
    }
    setCss(answer?.css ?? '')
  } catch {
    // A browser without style sheets of this kind, or a page that was taken apart: the edits are no worse for it.
  }
  settle(RENDERED_WITHIN_MS)
  const edits = answer?.edits ?? []
  const { atOnce = [], awaiting = [] } = answer?.reports ?? {}
  const page = { path: location.pathname + location.search, referrer: document.referrer }
  begin(edits, edits.flatMap(attributeNames), reporter(eventsPath, awaiting, page))
  if (atOnce[0]) send(eventsPath, atOnce, page)
}

function undo(element: Element, { slot, original, written, insertedNodes, home }: Mark): void {
  for (const node of insertedNodes ?? []) node.remove()
  if (home?.[0].isConnected) home[0].insertBefore(element, home[1]?.parentNode === home[0] ? home[1] : null)
  if (slot && original !== undefined && slot.current() === written) slot.fill(original)
}

function attributeNames(edit: PageEdit): string[] {
  return 'selector' in edit && edit.operation.kind === 'attributes'
    ? edit.operation.set.map(([name]) => name)
    : ['style']
}

/** In a style sheet without an element: no policy has anything against that. */
function setCss(css: string): void {
  for (const style of document.querySelectorAll<HTMLStyleElement>('style[data-turnout]')) style.disabled = true
  if (!sheet) {
    sheet = new CSSStyleSheet()
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  }
  sheet.replaceSync(css)
}
