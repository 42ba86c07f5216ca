/** Experiments on the shop, whose variation `bold` is for the visitor `bea`, and `control` for the visitor `carl`. */

const VISITORS = { bea: 'bold', carl: 'control' }

export interface ShopExperiment {
  readonly key: string
  /** What the path of its page is, or begins with where it ends with `*`. */
  readonly path: string
  /** Fields of the page. */
  readonly page?: Readonly<Record<string, unknown>>
  /** What the variation `bold` does. */
  readonly changes: readonly Readonly<Record<string, unknown>>[]
  /** Who else gets which variation. */
  readonly visitors?: Readonly<Record<string, 'bold' | 'control'>>
}

/** A datafile of these experiments, one page for each. */
export function experimentsOn(...experiments: readonly ShopExperiment[]): object {
  return {
    version: '4',
    revision: '1',
    accountId: 'a',
    projectId: 'p',
    featureFlags: [],
    pages: experiments.map(pageOf),
    experiments: experiments.map(experimentOf),
  }
}

function pageOf({ key, path, page }: ShopExperiment): object {
  const value = `^https?://[^/]+${path.endsWith('*') ? path.slice(0, -1) : `${path}($|[?#])`}`
  return { id: `page-${key}`, key, conditions: ['and', { type: 'url', match: 'regex', value }], ...page }
}

function experimentOf({ key, changes, visitors }: ShopExperiment): object {
  return {
    id: `experiment-${key}`,
    key,
    layerId: `layer-${key}`,
    status: 'Running',
    audienceIds: [],
    pageIds: [`page-${key}`],
    forcedVariations: { ...VISITORS, ...visitors },
    trafficAllocation: [
      { entityId: `${key}-control`, endOfRange: 5_000 },
      { entityId: `${key}-bold`, endOfRange: 10_000 },
    ],
    variations: [
      { id: `${key}-control`, key: 'control', actions: [] },
      { id: `${key}-bold`, key: 'bold', actions: [{ pageId: `page-${key}`, changes }] },
    ],
  }
}
