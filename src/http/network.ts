/**
 * The network that a request comes from, by what Cloudflare says of its sender: the first 24 bits of an IPv4 address, the
 * first 64 of an IPv6 one, which one subscriber has to themselves. `unknown` where there is no address.
 */
export function networkOf(request: Request): string {
  const address = request.headers.get('CF-Connecting-IP') ?? ''
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) return address.slice(0, address.lastIndexOf('.'))
  return /^[\da-f:]+$/i.test(address) ? firstGroups(address.toLowerCase()) : 'unknown'
}

/** The first four of the eight groups, of which `::` leaves out those that are zero. */
function firstGroups(address: string): string {
  const [head = '', tail] = address.split('::')
  const before = groupsOf(head)
  const after = groupsOf(tail ?? '')
  const left = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  return [...before, ...Array<string>(left).fill('0'), ...after].slice(0, 4).join(':')
}

function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':').map((group) => group.replace(/^0+(?=.)/, ''))
}
