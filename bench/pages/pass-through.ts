/** A proxy that does nothing but ask the origin under its own address: what every case is compared with. */
export default {
  fetch(request: Request, { ORIGIN }: { readonly ORIGIN: string }): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    return fetch(new Request(`${ORIGIN}${pathname}${search}`, request))
  },
}
