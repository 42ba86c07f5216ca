/**
 * The proxy that passes on with the runtime's HTMLRewriter over the whole page, unguarded: it finds one element and does
 * nothing to it, or makes the edits of a case and puts 3 kB of script into `head`. It knows neither visitors nor experiments.
 */
import { BY_ID } from './cases.ts'

interface Environment {
  readonly ORIGIN: string
  readonly EDITS: 'none' | 'ids' | 'classes'
}

/** Of the runtime, whose types are not those of this folder. */
interface Element {
  setAttribute(name: string, value: string): void
  before(content: string, options: { readonly html: boolean }): void
  prepend(content: string, options: { readonly html: boolean }): void
}
declare class HTMLRewriter {
  on(selector: string, handlers: { element(element: Element): void }): HTMLRewriter
  transform(response: Response): Response
}

type Handlers = readonly (readonly [selector: string, element: (element: Element) => void])[]

const SCRIPT = `<script>${'/* as long as ours */'.repeat(145)}</script>`
const putIn: Handlers[number] = ['head', (head) => head.prepend(SCRIPT, { html: true })]
const makeBold = (title: Element) => title.setAttribute('class', BY_ID.titleClass)
const notice = (element: Element) => element.before(BY_ID.notice, { html: true })

const HANDLERS: Readonly<Record<Environment['EDITS'], Handlers>> = {
  none: [['head', () => {}]],
  ids: [['#title', makeBold], ['#hero', (hero) => hero.setAttribute('src', BY_ID.heroSource)], ['#buy', notice], putIn],
  classes: [
    ['.amount.reduced', (amount) => amount.setAttribute('title', 'Reduced')],
    ['.product-title', makeBold],
    ['.product-price', notice],
    putIn,
  ],
}

export default {
  async fetch(request: Request, { ORIGIN, EDITS }: Environment): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    const response = await fetch(new Request(`${ORIGIN}${pathname}${search}`, request))
    const rewriter = new HTMLRewriter()
    for (const [selector, element] of HANDLERS[EDITS]) rewriter.on(selector, { element })
    return rewriter.transform(response)
  },
}
