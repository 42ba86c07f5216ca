import { fingerprint } from '../../http/etag.ts'
import { placeEdits } from '../html/place-edits.ts'
import type { Edit } from './page.ts'
import type { PageAction, PageContent, PageProject } from './page-project.ts'

/** What a page is given by actions that apply together, in their order. */
export function contentOf({ contents }: PageProject, actions: readonly PageAction[]): PageContent {
  const combination = actions.map(({ index }) => index).join()
  return contents(combination, () => makeContent(actions))
}

function makeContent(actions: readonly PageAction[]): PageContent {
  const edits = placeEdits(gather(actions))
  const css = actions.flatMap((action) => (action.css === '' ? [] : [action.css])).join('\n')
  const acting = actions.filter((action) => action.edits.length > 0 || action.css !== '')
  const hydrates = acting.length === 0 || acting.some(({ page }) => page.hydrates)
  return { edits, css, hydrates, fingerprint: fingerprint(JSON.stringify([edits, css, hydrates])) }
}

/** Each edit once, depending only on edits that are made: one of another page that this URL does not match never is. */
export function gather(actions: readonly PageAction[]): readonly Edit[] {
  const edits = new Map<string, Edit>()
  for (const edit of actions.flatMap((action) => action.edits)) {
    if (edits.has(edit.id)) continue
    const dependencies = edit.dependencies.filter((id) => edits.has(id))
    edits.set(edit.id, dependencies.length === edit.dependencies.length ? edit : { ...edit, dependencies })
  }
  return [...edits.values()]
}
