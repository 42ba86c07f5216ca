import { jsonForScript } from '../../base/script-text.ts'
import type { PagePlan, PlannedEdit } from '../plan/page.ts'
import { pageScripts } from './page-script.ts'

/** A plan as the text of a script file, for a page that no Worker has edited: everything is done in the browser. */
export function pageScriptFile({ css, redirect, hydrates, ...plan }: PagePlan): string {
  if (redirect !== null) return `location.replace(${jsonForScript(redirect)})`
  const unedited = plan.edits.map(({ edit }): PlannedEdit => ({ edit, place: 'browser' }))
  const edits = [...styleEdit(css), ...unedited]
  return pageScripts({ edits, hydrates, navigation: null, reporting: null }).join(';\n')
}

function styleEdit(css: string): readonly PlannedEdit[] {
  if (css === '') return []
  const html = `<style data-turnout>${css}</style>`
  const operation = { kind: 'insert', position: 'append', html } as const
  return [
    { place: 'browser', edit: { kind: 'dom', id: 'turnout-style', selector: 'head', operation, dependencies: [] } },
  ]
}
