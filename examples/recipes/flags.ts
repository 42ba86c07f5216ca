import { createDecisionStore } from 'turnout/client'

export const flags = createDecisionStore({ url: 'https://flags.example', key: 'demo', user: { userId: 'u1' } })
