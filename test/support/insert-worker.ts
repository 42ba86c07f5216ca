/** A proxy that does nothing, and with `?insert` puts markup into pages. */
import { editableHtml } from '../../src/pages/html/editable.ts'
import { insertAtScriptPlace } from '../../src/pages/html/insert-markup.ts'

const MARKUP = '<script data-turnout>1</script>'

export default {
  async fetch(request, { ORIGIN }) {
    const { pathname, searchParams } = new URL(request.url)
    const response = await fetch(`${ORIGIN}${pathname}`, { headers: { 'Accept-Encoding': 'gzip, br' } })
    if (!searchParams.has('insert') || editableHtml(request.method, response) === null) return response
    const insertion = await insertAtScriptPlace(response, MARKUP)
    if (insertion.kind === 'untouched') return insertion.response
    const headers = new Headers(response.headers)
    headers.delete('Content-Encoding')
    headers.delete('Content-Length')
    return new Response(insertion.body, { headers })
  },
} satisfies ExportedHandler<{ readonly ORIGIN: string }>
