import { hydrateRoot } from 'react-dom/client'
import { createDecisionStore } from '../../../../src/client/index.ts'
import { Shop } from './shop.tsx'

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no place for the app')
const seen: string[] = []
const problems: string[] = []
Object.assign(globalThis, { seen, problems })

const look = () => {
  const text = root.innerText.replaceAll(/\s+/g, ' ')
  if (seen.at(-1) !== text) seen.push(text)
}
look()
new MutationObserver(look).observe(root, { subtree: true, childList: true, characterData: true })

const store = createDecisionStore({ url: '/flags', key: 'shop', user: { userId: 'u1' } })
hydrateRoot(root, <Shop store={store} />, {
  onRecoverableError(error) {
    problems.push(String(error))
  },
})
