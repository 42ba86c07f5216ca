/** Tells the Worker what the page has shown, which is all that the Worker cannot know. */
import type { PageExposureJson, ReportingPageJson } from '../../../protocol/events.ts'
import { tasks } from './apply.ts'
import type { Report } from './types.ts'

declare global {
  interface Document {
    /** Rendered before the visitor turns to it; absent in browsers that do no such thing. */
    readonly prerendering?: boolean
  }
}

/** Reports these, of a page that is rendered before the visitor turns to it, once they do. */
export function send(eventsPath: string, events: readonly PageExposureJson[], page: ReportingPageJson): void {
  const report = () => navigator.sendBeacon?.(eventsPath, JSON.stringify({ page, events }))
  if (document.prerendering) document.addEventListener('prerenderingchange', report)
  else report()
}

/** Reports each of these once one of the edits that show it is made. */
export function reporter(eventsPath: string, exposures: readonly PageExposureJson[], page: ReportingPageJson): Report {
  return () => {
    const events = exposures.filter((_, index) => {
      const showing = tasks.filter(({ shows }) => shows === index)
      if (!showing.some(({ isMade }) => isMade)) return false
      for (const task of showing) delete task.shows
      return true
    })
    if (events[0]) send(eventsPath, events, page)
  }
}
