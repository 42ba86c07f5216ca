import { previewLink } from '../src/pages/proxy/preview.ts'
import { addressToTry, type Sample } from './samples.ts'

/** As in wrangler.toml beside this file: whose experiments are on the shop's pages, and what signs links to them. */
export const DEMO = { adminToken: 'demo', sdkKey: 'pages', previewSecret: 'demo-previews' }

/** Where the API of a Worker is that stands before a site. */
export const MOUNT = '/_turnout'

const DAY_SECONDS = 86_400

/** What to do with a Worker that runs: lines for the terminal. */
export async function instructions(origin: string, samples: readonly Sample[]): Promise<readonly string[]> {
  const address = addressToTry(origin, samples)
  return [
    '',
    `Turnout is ready on ${origin}. Get a decision:`,
    '',
    `  curl '${address}'`,
    `  ${await (await fetch(address)).text()}`,
    '',
    ...(await aboutPages(origin, samples)),
    'Upload a datafile of your own, under any SDK key:',
    '',
    `  npm run push -- mine my-datafile.json --url ${origin}${MOUNT} --token ${DEMO.adminToken}`,
    '',
    'Ctrl-C ends it.',
  ]
}

/** Nothing where the datafile of the shop's pages is not among the samples. */
async function aboutPages(origin: string, samples: readonly Sample[]): Promise<readonly string[]> {
  const links = await linksTo(`${origin}/`, samples)
  if (links.length === 0) return []
  const width = Math.max(...links.map(([variationKey]) => variationKey.length))
  return [
    'It stands before a shop, and gives each visitor a variation of its home page. See yours:',
    '',
    `  ${origin}/`,
    '',
    'In a private window you are another visitor. For a day these links show what they name to everyone:',
    '',
    ...links.map(([variationKey, link]) => `  ${variationKey.padEnd(width)}  ${link}`),
    '',
  ]
}

/** Each variation of the first experiment on pages, with a link that shows it. */
async function linksTo(
  page: string,
  samples: readonly Sample[],
): Promise<readonly (readonly [variationKey: string, link: string])[]> {
  const sample = samples.find(({ sdkKey }) => sdkKey === DEMO.sdkKey)
  const experiment = sample?.datafile.project.experimentsById.values().next().value
  if (experiment === undefined) return []
  const expiresSeconds = Math.floor(Date.now() / 1000) + DAY_SECONDS
  return await Promise.all(
    experiment.variations.map(async ({ key }) => {
      const forces = [[experiment.key, key].map(encodeURIComponent).join(':')]
      const link = await previewLink(new URL(page), { expiresSeconds, forces, isDebug: false }, DEMO.previewSecret)
      return [key, link.href] as const
    }),
  )
}
