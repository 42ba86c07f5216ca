import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readDatafile } from '../../src/cli/read-datafile.ts'
import { type Attributes, decide } from '../../src/engine/index.ts'
import { ROOT } from './run-turnout.ts'

const FOLDER = join(ROOT, 'datafiles')
const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.json'))

async function checked(file: string) {
  const datafile = await readDatafile(join(FOLDER, file))
  if (!datafile.ok) throw new Error(datafile.error.stderr.join('\n'))
  return datafile.value
}

describe('the sample datafiles', () => {
  test.each(files)('%s is valid, with warnings only where they are the point', async (file) => {
    const { warnings } = await checked(file)
    expect(warnings).toHaveLength(file === 'tolerated.json' ? 8 : 0)
  })

  test.each<[file: string, userId: string, attributes: Attributes, flagKey: string, variationKey: string | null]>([
    ['demo', 'u1', {}, 'checkout', 'one_page'],
    ['demo', 'u4', {}, 'checkout', 'control'],
    ['demo', 'qa-control', {}, 'checkout', 'control'],
    ['demo', 'u14', {}, 'checkout', 'off'],
    ['demo', 'u14', { email: 'a@shop.example' }, 'checkout', 'on'],
    ['demo', 'u15', {}, 'checkout', 'off'],
    ['demo', 'u15', {}, 'banner', 'off'],
    ['demo', 'u1', { orders: 6 }, 'recommendations', 'personal'],
    ['demo', 'u3', {}, 'search_ranking', 'control'],
    ['demo', 'u1', { country: 'CH' }, 'free_returns', 'on'],
    ['demo', 'u1', { device: 'ios', app_version: '3.10.0' }, 'app_wallet', 'on'],
    ['demo', 'u1', { device: 'ios', app_version: '3.1.9' }, 'app_wallet', 'off'],
    ['minimal', 'u1', {}, 'dark_mode', 'on'],
    ['audiences', 'u1', { device: 'ios', app_version: '3.2.0' }, 'wallet', 'on'],
    ['audiences', 'u1', { app_version: '3.0.0-beta' }, 'update_hint', 'on'],
    ['audiences', 'u1', { app_version: '1.9.7' }, 'hotfix_notice', 'on'],
    ['audiences', 'u1', {}, 'newsletter_prompt', 'on'],
    ['audiences', 'u1', { email: 'a@shop.example' }, 'staff_toolbar', 'on'],
    ['audiences', 'u1', { orders: 11 }, 'vip_support', 'on'],
    ['audiences', 'u1', { orders: '11' }, 'vip_support', null],
    ['audiences', 'u1', { orders: 1 }, 'starter_guide', 'on'],
    ['audiences', 'u1', { cart_value: 500 }, 'volume_discount', 'on'],
    ['audiences', 'u1', { beta: true }, 'beta_home', 'on'],
    ['audiences', 'u1', { orders: 7 }, 'lucky_seven', 'on'],
    ['audiences', 'u1', {}, 'winter_sale', null],
    ['audiences', 'u1', { beta: true, cart_value: 100 }, 'nested', 'on'],
    ['holdouts-and-groups', 'u1', { country: 'FR' }, 'gift_card', 'off'],
    ['holdouts-and-groups', 'u1', {}, 'gift_card', 'on'],
    ['holdouts-and-groups', 'u2', {}, 'loyalty', 'off'],
    ['holdouts-and-groups', 'u9', {}, 'loyalty', 'on'],
    ['tolerated', 'u1', { größe: 'XL' }, 'größentabelle', 'größer'],
    ['tolerated', 'u1', { größe: 'XL' }, 'constructor', 'on'],
    ['tolerated', 'u1', { größe: 'XXL' }, 'future_match', null],
  ])('%s gives %s with %o the flag %s as %s', async (file, userId, attributes, flagKey, variationKey) => {
    const { project } = await checked(`${file}.json`)
    const { decision } = decide(project, flagKey, { userId, attributes })
    expect(decision).toMatchObject({ kind: 'decided', variationKey })
  })
})
