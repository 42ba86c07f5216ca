/** GrowthBook's edge app, its payload in memory: the experiment of the edits by id in its own words, made at the edge. */
import { handleRequest } from '@growthbook/edge-cloudflare'
import type { AutoExperiment } from '@growthbook/growthbook'
import { BY_ID, PAGE_PATH } from './cases.ts'

const EXPERIMENT: AutoExperiment = {
  key: 'experiment-0',
  changeId: 'change-0',
  status: 'running',
  manual: false,
  hashAttribute: 'id',
  weights: [0, 1],
  coverage: 1,
  urlPatterns: [{ type: 'simple', include: true, pattern: PAGE_PATH }],
  variations: [
    { domMutations: [] },
    {
      domMutations: [
        { selector: '#title', action: 'set', attribute: 'class', value: BY_ID.titleClass },
        { selector: '#hero', action: 'set', attribute: 'src', value: BY_ID.heroSource },
        // It cannot insert before an element: the notice comes behind the button.
        { selector: '#buy-form', action: 'append', attribute: 'html', value: BY_ID.notice },
      ],
    },
  ],
}

const PAYLOAD = { features: {}, experiments: [EXPERIMENT] }

export default {
  fetch(request: Request, { ORIGIN }: { readonly ORIGIN: string }): Promise<Response> {
    return handleRequest(
      request,
      {
        PROXY_TARGET: ORIGIN,
        NODE_ENV: 'production',
        GROWTHBOOK_API_HOST: 'https://cdn.growthbook.example',
        GROWTHBOOK_CLIENT_KEY: 'sdk-bench',
        RUN_VISUAL_EDITOR_EXPERIMENTS: 'edge',
        RUN_URL_REDIRECT_EXPERIMENTS: 'edge',
      },
      { payload: PAYLOAD },
    )
  },
}
