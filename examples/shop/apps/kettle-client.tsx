import { hydrateRoot } from 'react-dom/client'
import { KettleApp } from './kettle.tsx'

const root = document.getElementById('app')
if (root !== null) {
  hydrateRoot(root, <KettleApp path={location.pathname} />)
  document.documentElement.dataset.hydrated = 'react'
}
