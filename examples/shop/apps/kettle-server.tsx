import { renderToString } from 'react-dom/server'
import { KettleApp } from './kettle.tsx'

/** The HTML of one view, as React writes it for hydration. */
export function renderKettle(path: string): string {
  return renderToString(<KettleApp path={path} />)
}
