/**
 * Optimizely's Edge Delivery with its manifest in memory: the experiment of the edits by id, compiled to transforms as its
 * service would. What it reports to Optimizely goes nowhere and costs nothing.
 */
import { applyExperiments } from '@optimizely/edge-delivery'
import { BY_ID, PAGE_URL } from './cases.ts'

interface Environment {
  readonly ORIGIN: string
  /** `yes`: nothing is left to the browser, and none of its own code is put into the page. */
  readonly SNIPPETLESS: string
}

/** Of the runtime, whose types are not those of this folder. */
interface ExecutionContext {
  waitUntil(promise: Promise<unknown>): void
  passThroughOnException(): void
}

/** When a transform is made, and what it does, in its own numbers. */
const BEFORE_THE_BROWSER = 1
const [INSERT_BEFORE, SET_ATTRIBUTE] = [1, 8]

const TRANSFORMS = [
  [BEFORE_THE_BROWSER, '#title', SET_ATTRIBUTE, 'class', BY_ID.titleClass],
  [BEFORE_THE_BROWSER, '#hero', SET_ATTRIBUTE, 'src', BY_ID.heroSource],
  [BEFORE_THE_BROWSER, '#buy', INSERT_BEFORE, BY_ID.notice],
]
const CHANGES = TRANSFORMS.map((transform, index) => ({
  id: `change-${index}`,
  type: 'attribute',
  selector: transform[1],
  dependencies: [],
  transform: [transform],
}))

const MANIFEST = {
  config: {
    accountId: '10367498574',
    projectId: '10431130345',
    namespace: '10431130345',
    revision: '7',
    anonymizeIP: true,
    enableForceParameters: false,
    experimental: {},
    snippetId: '1',
    groups: [],
    audiences: [],
    visitorAttributes: [],
    visitorIdLocator: null,
    integrationSettings: [],
    views: [
      {
        id: '300',
        category: 'other',
        apiName: 'page-0',
        name: 'page-0',
        staticConditions: ['and', ['or', { type: 'url', match: 'simple', value: PAGE_URL }]],
        activationType: 'immediate',
        deactivationEnabled: false,
        undoOnDeactivation: false,
        tags: [],
      },
    ],
    layers: [
      {
        id: '500',
        name: 'experiment-0',
        commitId: '1',
        groupId: null,
        holdback: 0,
        activation: {},
        integrationSettings: {},
        integrationStringVersion: 2,
        policy: 'single_experiment',
        viewIds: ['300'],
        weightDistributions: null,
        decisionMetadata: null,
        changes: [],
        experiments: [
          {
            id: '400',
            name: 'experiment-0',
            audienceIds: [],
            integrationSettings: [],
            bucketingStrategy: null,
            changes: [],
            weightDistributions: [{ entityId: '600', endOfRange: 10_000 }],
            variations: [{ id: '600', name: 'on', actions: [{ viewId: '300', changes: CHANGES }] }],
          },
        ],
      },
    ],
    events: [],
    dimensions: [],
    interestGroups: [],
    tagGroups: [],
    plugins: [],
    projectJS: null,
    dcpKeyfieldLocators: [],
    dcpServiceId: null,
    listTargetingKeys: [],
    listTargetingCookies: [],
  },
  queue: {
    unevaluatedViews: ['300'],
    unevaluatedAudiences: [],
    undecidedExperiences: ['500'],
    unappliedChangesets: [],
  },
  results: {
    activeViews: [],
    inactiveViews: [],
    activeAudiences: [],
    inactiveAudiences: [],
    activeExperiences: [],
    inactiveExperiences: [],
    appliedChangesets: [],
    decisions: [],
  },
  defines: {},
}

const send = globalThis.fetch
// The page is handed to it, so that it has nothing to fetch, and nobody to tell.
globalThis.fetch = () => Promise.resolve(new Response(''))

export default {
  async fetch(request: Request, { ORIGIN, SNIPPETLESS }: Environment, context: ExecutionContext): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    const control = await send(new Request(`${ORIGIN}${pathname}${search}`, request))
    const visited = new Request(`${PAGE_URL}${search}`, request)
    return applyExperiments(visited, context, {
      environment: 'prod',
      DATA: structuredClone(MANIFEST),
      control,
      isSnippetless: SNIPPETLESS === 'yes',
    })
  },
}
