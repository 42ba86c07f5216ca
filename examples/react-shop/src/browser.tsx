import { createRoot, hydrateRoot } from 'react-dom/client'
import { createDecisionStore } from 'turnout/client'
import { App } from './app.tsx'
import './shop.css'
import { visitorOf } from './visitor.ts'

const isHandedOff = document.querySelector('script#turnout-decisions') !== null

const store = createDecisionStore({
  url: '/_turnout',
  key: 'react-shop',
  // Nothing is handed over to whoever takes no part, or where the Worker could not: then the app asks, for somebody.
  ...(isHandedOff ? {} : { user: { userId: visitorOf(document.cookie) ?? crypto.randomUUID() } }),
})

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no place for the app')
if (root.firstElementChild !== null) hydrateRoot(root, <App store={store} />)
else createRoot(root).render(<App store={store} />)
