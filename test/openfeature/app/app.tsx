import { OFREPWebProvider } from '@openfeature/ofrep-web-provider'
import {
  OpenFeature,
  OpenFeatureProvider,
  useBooleanFlagValue,
  useContextMutator,
  useObjectFlagValue,
  useStringFlagDetails,
} from '@openfeature/react-sdk'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { countExposures } from './count-exposures.ts'

const turnout = new URLSearchParams(location.search).get('turnout') ?? ''
const sdkKey = 'shop'

const provider = new OFREPWebProvider({
  baseUrl: turnout,
  headers: [['Authorization', `Bearer ${sdkKey}`]],
  pollInterval: 200,
})

OpenFeature.addHooks(countExposures(turnout, sdkKey))
await OpenFeature.setContext({ targetingKey: 'u1', address: { country: 'DE' } })
await OpenFeature.setProviderAndWait(provider)

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no root')
createRoot(root).render(
  <StrictMode>
    <OpenFeatureProvider>
      <Shop />
    </OpenFeatureProvider>
  </StrictMode>,
)

function Shop() {
  const isNew = useBooleanFlagValue('checkout', false)
  const { value: button, variant } = useStringFlagDetails('button', 'Buy')
  const { title } = useObjectFlagValue('banner', { title: '' })
  const { setContext } = useContextMutator()
  return (
    <main>
      <h1>{title}</h1>
      <p id="checkout">{isNew ? 'new checkout' : 'old checkout'}</p>
      <button type="submit" data-variant={variant}>
        {button}
      </button>
      <button
        type="button"
        id="move"
        onClick={() => void setContext({ targetingKey: 'u1', address: { country: 'CH' } })}
      >
        I live in Switzerland
      </button>
    </main>
  )
}
