import { type Handoff, handoffOf } from 'turnout/client'

/** On the server, once a request: what to render with, and to hand to the browser. `null`: it asks for itself. */
export async function decisionsFor(userId: string): Promise<Handoff | null> {
  const query = new URLSearchParams({ feature: '*', userId, key: 'demo', disableTracking: 'true' })
  try {
    const signal = AbortSignal.timeout(500)
    const answer = await fetch(`https://flags.example/?${query}`, { cache: 'no-store', signal })
    return answer.ok ? handoffOf(await answer.json(), { userId }) : null
  } catch {
    return null
  }
}
