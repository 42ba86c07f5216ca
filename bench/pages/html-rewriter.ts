/** The same proxy with the runtime's HTMLRewriter over the whole page, which finds one element and does nothing to it. */

/** Of the runtime, whose types are not those of this folder. */
declare class HTMLRewriter {
  on(selector: string, handlers: { element(): void }): HTMLRewriter
  transform(response: Response): Response
}

export default {
  async fetch(request: Request, { ORIGIN }: { readonly ORIGIN: string }): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    const response = await fetch(new Request(`${ORIGIN}${pathname}${search}`, request))
    return new HTMLRewriter().on('head', { element() {} }).transform(response)
  },
}
