/**
 * A datafile with pages of `shop.example`. On the front page the experiment `hero` gives `bold` to everybody but those
 * whom the datafile names; `$browser` and `plan` decide about `pros`; `/old` is redirected to `/new`. What begins with
 * `secret` is nobody else's business.
 */
export function pagesDatafile(more: object = {}): object {
  return {
    version: '4',
    revision: '3',
    sdkKey: 'shop',
    accountId: '1',
    projectId: '2',
    featureFlags: [],
    pages: [page('home', ''), page('old', 'old'), page('pricing', 'pricing')],
    experiments: [
      experiment('hero', 'home', CHANGES, { forcedVariations: { 'secret-user': 'off' } }),
      experiment('moved', 'old', [
        { type: 'redirect', destination: 'https://shop.example/new', preserveParameters: true },
      ]),
      experiment('pros', 'pricing', [HEADLINE], { audienceIds: ['a1'] }),
    ],
    typedAudiences: [
      {
        id: 'a1',
        name: 'secret-audience',
        conditions: [
          'or',
          { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'secret-plan' },
          { type: 'custom_attribute', name: '$browser', match: 'exact', value: 'firefox' },
        ],
      },
    ],
    attributes: [
      { id: '1', key: 'plan' },
      { id: '2', key: '$browser' },
    ],
    ...more,
  }
}

export const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/154.0.0.0 Safari/537.36'
export const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0'
export const CRAWLER = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

const HEADLINE = { type: 'attribute', selector: 'h1', attributes: { text: 'Buy once.' } }
const CHANGES = [
  HEADLINE,
  { type: 'custom_css', value: 'h1{color:red}' },
  { id: 'count', type: 'custom_code', value: 'self.seen = true' },
  { type: 'insert_html', selector: '#cta', operator: 'after', value: '<p>Free returns</p>', dependencies: ['count'] },
]
const OF_OTHERS = [{ type: 'attribute', selector: '#secret-selector', attributes: { text: 'secret-text' } }]

function page(id: string, path: string): object {
  const conditions = ['or', { type: 'url', match: 'simple', value: `https://shop.example/${path}` }]
  return { id, key: id, conditions, hydrates: false }
}

function experiment(key: string, pageId: string, changes: readonly object[], more: object = {}): object {
  return {
    id: `e-${key}`,
    key,
    layerId: `l-${key}`,
    status: 'Running',
    pageIds: [pageId],
    audienceIds: [],
    forcedVariations: {},
    trafficAllocation: [{ entityId: `${key}-bold`, endOfRange: 10_000 }],
    variations: [
      { id: `${key}-off`, key: 'off', actions: [{ pageId, changes: OF_OTHERS }] },
      { id: `${key}-bold`, key: 'bold', actions: [{ pageId, changes }] },
    ],
    ...more,
  }
}
