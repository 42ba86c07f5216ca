/**
 * A Worker that calls Turnout as it is told: `{ "method", "given" }`, where `given` are the arguments. A text in them that names
 * something JSON cannot hold stands for that.
 */
import { RpcTarget } from 'cloudflare:workers'
import { OVERSIZED, UNCLONEABLE, UNUSUAL } from './unusual-arguments.ts'

interface Env {
  readonly TURNOUT: Readonly<Record<string, (...given: unknown[]) => Promise<unknown>>>
}

/** How often Turnout has looked into what lives here. */
let callbacks = 0

class Target extends RpcTarget {
  get userId(): string {
    callbacks++
    return 'u1'
  }
}

const MADE: Readonly<Record<string, () => unknown>> = {
  ...UNUSUAL,
  ...OVERSIZED,
  ...UNCLONEABLE,
  'a stub': () => new Target(),
  'a function': () => () => void callbacks++,
  'an object with functions': () => ({ toJSON: () => void callbacks++, valueOf: () => void callbacks++ }),
}

export default {
  async fetch(request, { TURNOUT }) {
    const { method, given }: { method: string; given: unknown[] } = JSON.parse(await request.text(), revive)
    try {
      const answered = await TURNOUT[method]?.(...given)
      return Response.json({ answered: answered instanceof Response ? await answered.json() : answered, callbacks })
    } catch (cause) {
      return Response.json({ thrown: String(cause), callbacks })
    }
  },
} satisfies ExportedHandler<Env>

function revive(_: string, value: unknown): unknown {
  const make = typeof value === 'string' && Object.hasOwn(MADE, value) ? MADE[value] : undefined
  return make === undefined ? value : make()
}
