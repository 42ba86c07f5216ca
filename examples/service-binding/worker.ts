/** A shop's API that asks Turnout by RPC. Without Turnout, or where it is late, it goes on with what it has by default. */
import type { TurnoutBinding } from '../../src/worker.ts'
import { BY_DEFAULT, readCheckout } from './checkout.ts'
import { orElse } from './or-else.ts'

interface Env {
  /** From the package: `import type { TurnoutBinding } from 'turnout/worker'`. */
  readonly TURNOUT: TurnoutBinding
}

export default {
  async fetch(request, { TURNOUT }) {
    const { pathname, searchParams } = new URL(request.url)
    const userId = searchParams.get('user') ?? ''
    const country = request.cf?.country
    switch (pathname) {
      case '/returns': {
        const asked = TURNOUT.getBooleanValue('free_returns', false, { targetingKey: userId, country })
        return Response.json({ areFree: await orElse(asked, false) })
      }
      case '/checkout': {
        const asked = TURNOUT.decide('checkout', { userId, attributes: { country } })
        const answer = await orElse(asked, null)
        return Response.json(answer?.ok ? readCheckout(answer.decision) : BY_DEFAULT)
      }
      default:
        return new Response('There are /returns?user= and /checkout?user=\n', { status: 404 })
    }
  },
} satisfies ExportedHandler<Env>
