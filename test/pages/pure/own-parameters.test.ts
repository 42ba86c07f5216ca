import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withoutOwnParameters } from '../../../src/pages/proxy/own-parameters.ts'

describe('an address on its way to the origin', () => {
  it.each([
    ['/', '/'],
    ['/?', '/?'],
    ['/?a=1&b=2', '/?a=1&b=2'],
    ['/?turnout_off=true', '/'],
    ['/?turnout_force=a:b&turnout_force=c:d&turnout_token=t', '/'],
    ['/?a=1&turnout_debug&b=2', '/?a=1&b=2'],
    ['/?turnout_opt_out=false&a=1', '/?a=1'],
    ['/?a=1&turnout%5Fforce=x', '/?a=1'],
    ['/?a=%20+%2B%2b&&=&é=%zz&turnout_off', '/?a=%20+%2B%2b&&=&%C3%A9=%zz'],
    ["/?a='quote'&turnout_off", '/?a=%27quote%27'],
    ['/?turnout_other=1', '/?turnout_other=1'],
    ['/?Turnout_Off=1', '/?Turnout_Off=1'],
    ['/?a=turnout_off', '/?a=turnout_off'],
    ['/turnout_off?xturnout_off=1', '/turnout_off?xturnout_off=1'],
    ['/?turnout_off=1&turnout_offer=2', '/?turnout_offer=2'],
    ['/?a=1&turnout_off#hash', '/?a=1#hash'],
  ])('%s becomes %s', (from, to) => {
    expect(withoutOwnParameters(new URL(from, 'https://shop.example')).href).toBe(`https://shop.example${to}`)
  })

  it('is the same value where nothing of it is ours', () => {
    const url = new URL('https://shop.example/?a=1')
    expect(withoutOwnParameters(url)).toBe(url)
  })

  it('keeps every other byte of the query', () => {
    const parameter = fc.string().map((text) => new URL(`https://a/?${text.replace(/[#&]/g, '')}`).search.slice(1))
    fc.assert(
      fc.property(fc.array(parameter), fc.array(parameter), (before, after) => {
        const others = [...before, ...after].filter((text) => !text.startsWith('turnout_'))
        const query = [...others.slice(0, 2), 'turnout_force=a%3Ab', ...others.slice(2)].join('&')
        expect(withoutOwnParameters(new URL(`https://a/?${query}`)).search.slice(1)).toBe(others.join('&'))
      }),
    )
  })
})
