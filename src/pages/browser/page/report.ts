/** Reports what the visitor is shown where only the page knows it. Each report once a page; what cannot be sent is lost. */
import type { PageReportJson } from '../../../protocol/events.ts'
import type { CodeTask, DomTask } from './types.ts'

declare global {
  interface Document {
    /** The page is rendered before the visitor asks for it. */
    readonly prerendering?: boolean
  }
}

/** What a page knows of itself is added when it is sent. */
type Report = Pick<PageReportJson, 'type'>
type Send = (report: Report) => void

/** Wraps what makes edits: an edit that is made has sent what it `shows`, which are places in `reports`. `0` is sent. */
export function reporter(send: Send, reports: (Report | 0)[]) {
  return <Given extends unknown[]>(make: (...given: Given) => unknown) =>
    (...given: Given): unknown => {
      const made = make(...given)
      for (const index of (made !== false && (given.pop() as DomTask | CodeTask).shows) || []) {
        const report = reports[index]
        if (report) send(report)
        reports[index] = 0
      }
      return made
    }
}

/** Sends to a path of the page's own site, with what the requests after it no longer say of the page. */
export function sender(eventsPath: string, facts: object): Send {
  const path = location.pathname + location.search
  const post = async (body: string): Promise<unknown> =>
    navigator.sendBeacon?.(eventsPath, body) || fetch(eventsPath, { method: 'POST', body, keepalive: true })
  // Counting must not harm the page, nor show up among its errors.
  return (report) => void post(JSON.stringify({ events: [{ ...report, path, ...facts }] })).catch(() => {})
}

/** Nobody sees a page yet that is rendered ahead, and perhaps nobody will. */
export function whenShown(send: Send): Send {
  return (report) => {
    if (document.prerendering) document.addEventListener('prerenderingchange', () => send(report))
    else send(report)
  }
}
