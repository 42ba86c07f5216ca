/** Pages for tests of the script: as the Worker would send them, with our scripts right after `<head>`. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type PageScriptParts, pageScripts } from '../../src/pages/browser/page-script.ts'
import type { DomEdit, Operation, PlannedEdit } from '../../src/pages/plan/page.ts'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** Serves by path until the test has finished; the origin's URL comes back. */
export async function servePages(answers: Readonly<Record<string, string | Answer>>): Promise<string> {
  const server = createServer((request, response) => {
    const answer = answers[(request.url ?? '').replace(/\?.*/, '')] ?? notFound
    if (typeof answer === 'string') sendHtml(response, answer)
    else void answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export interface PageParts extends Partial<PageScriptParts> {
  readonly head?: string
  readonly body: string
  readonly nonce?: string
}

/** A page with the scripts that carry its edits out. */
export function pageOf(parts: PageParts): string {
  return `${startOf(parts)}${parts.body}</body></html>`
}

/** The page up to its body. */
export function startOf({
  edits = [],
  hydrates = false,
  navigation = null,
  reporting = null,
  head = '',
  nonce,
}: PageParts): string {
  const attribute = nonce === undefined ? '' : ` nonce="${nonce}"`
  const scripts = pageScripts({ edits, hydrates, navigation, reporting })
    .map((script) => `<script data-turnout${attribute}>${script}</script>`)
    .join('')
  return `<!doctype html><html><head>${scripts}<meta charset=utf-8><link rel=icon href=data:,>${head}</head><body>`
}

export function domEdit(selector: string, operation: Operation, more: Partial<DomEdit> = {}): PlannedEdit {
  const id = `${selector}:${JSON.stringify(operation)}`
  return { edit: { kind: 'dom', id, selector, operation, dependencies: [], ...more }, place: 'browser' }
}

export function codeEdit(code: string, id = code, dependencies: readonly string[] = []): PlannedEdit {
  return { edit: { kind: 'code', id, code, dependencies }, place: 'browser' }
}

export function sendHtml(response: ServerResponse, html: string): void {
  response.setHeader('content-type', 'text/html; charset=utf-8').end(html)
}

function notFound(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404).end()
}
