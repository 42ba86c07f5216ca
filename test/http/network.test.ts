import { expect, test } from 'vitest'
import { networkOf } from '../../src/http/network.ts'

test.each([
  ['192.0.2.17', '192.0.2'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0db8:0001:0002::1', '2001:db8:1:2'],
  ['2001:DB8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::', 'fe80:0:0:0'],
  ['', 'unknown'],
  ['somebody', 'unknown'],
])('the network of %s is %s', (address, network) => {
  const headers = address === '' ? {} : { 'CF-Connecting-IP': address }
  expect(networkOf(new Request('https://flags.example/', { headers }))).toBe(network)
})
