import { madeOncePer } from '../base/made-once.ts'
import { type Datafile, leavesOf } from '../engine/index.ts'
import { odpHost } from './odp-host.ts'

/** Where a datafile's customer data are, and which of them its audiences ask for. */
export interface OdpAccount {
  /** Without a slash at the end. */
  readonly host: string
  readonly apiKey: string
  /** Each once. */
  readonly segments: readonly string[]
}

/** Finds the account of a datafile; `null`: Optimizely Data Platform is not integrated. */
export type OdpAccounts = (datafile: Datafile) => OdpAccount | null

/** Accounts as datafiles name them, or with `odpUrl` at another host. Each is looked for once. */
export function createOdpAccounts(odpUrl: string | null): OdpAccounts {
  return madeOncePer((datafile: Datafile) => accountOf(datafile, odpUrl))
}

/** Of several integrations the first counts that says something, as in the SDK. */
function accountOf(datafile: Datafile, odpUrl: string | null): OdpAccount | null {
  const integrations = datafile.integrations.filter(({ key }) => key === 'odp')
  const named = integrations.find((integration) => integration.host)?.host ?? null
  const host = odpUrl ?? (named === null ? null : odpHost(named))
  const apiKey = integrations.find(({ publicKey }) => publicKey)?.publicKey ?? null
  return host === null || apiKey === null ? null : { host, apiKey, segments: segmentsOf(datafile) }
}

/** A typed audience stands in for the untyped one of its id. */
function segmentsOf({ audiences, typedAudiences }: Datafile): readonly string[] {
  const trees = new Map([...audiences, ...typedAudiences].map(({ id, conditions }) => [id, conditions]))
  const segments = [...trees.values()]
    .flatMap((tree) => leavesOf(tree))
    .flatMap((condition) => (condition.kind === 'segment' ? [condition.value] : []))
  return [...new Set(segments.filter((segment) => typeof segment === 'string'))]
}
