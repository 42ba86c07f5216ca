import { compile, type Issue, type Project, parseDatafile } from '../../src/engine/index.ts'

/** A datafile of the least that is valid, with fields put over it. */
export function datafileWith(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return { version: '4', revision: '1', accountId: 'a', projectId: 'p', ...fields }
}

/** An experiment that everyone is in, all of them in its only variation. */
export function experimentWith(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'e1',
    key: 'exp',
    layerId: 'l1',
    status: 'Running',
    audienceIds: [],
    forcedVariations: {},
    trafficAllocation: [{ entityId: 'v1', endOfRange: 10_000 }],
    variations: [{ id: 'v1', key: 'on', featureEnabled: true, variables: [] }],
    ...fields,
  }
}

/** A flag over the experiment `e1`. */
export function flagWith(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return { id: 'f1', key: 'flag', rolloutId: '', experimentIds: ['e1'], variables: [], ...fields }
}

/** The project that a datafile compiles to. */
export function projectOf(datafile: unknown): Project {
  const parsed = parseDatafile(datafile)
  if (!parsed.ok) throw new Error(`not a datafile: ${JSON.stringify(parsed.error)}`)
  return compile(parsed.value.datafile)
}

/** The issues for which a datafile is refused; none when it is accepted. */
export function errorsOf(datafile: unknown): readonly Issue[] {
  const parsed = parseDatafile(datafile)
  return parsed.ok ? [] : parsed.error
}
