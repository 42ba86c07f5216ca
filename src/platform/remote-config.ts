import { odpHost } from '../remote/odp-host.ts'
import { type Reader, readFormed } from './read-env.ts'
import { urlTemplate } from './update-config.ts'

/** Where other services of Optimizely are asked. */
export interface RemoteConfig {
  /** `CMAB_URL`: where a contextual bandit is asked, by the id of its rule. */
  readonly cmabUrlOf: (ruleId: string) => string
  /** `ODP_URL`: in the place of the host that datafiles name, without a slash at the end; `null`: that host. */
  readonly odpUrl: string | null
}

/** Reads where other services are; what is wrong goes to the reader. */
export function readRemoteConfig(reader: Reader): RemoteConfig {
  return {
    cmabUrlOf:
      readFormed(reader, 'CMAB_URL', { parse: urlTemplate, expected: 'an https URL with %s for the id of a rule' }) ??
      usualCmabUrl,
    odpUrl: readFormed(reader, 'ODP_URL', { parse: odpHost, expected: 'an https URL without a query' }),
  }
}

/** Every SDK's. */
function usualCmabUrl(ruleId: string): string {
  return `https://prediction.cmab.optimizely.com/predict/${encodeURIComponent(ruleId)}`
}
