/** A Queue that takes everything and keeps nothing, as the Queue binding of workerd speaks to it; a `GET` tells how many there were. */

let messages = 0

export default {
  async fetch(request: Request): Promise<Response> {
    if (request.method === 'GET') return new Response(`${messages}`)
    messages += Number(request.headers.get('CF-Queue-Batch-Count') ?? 1)
    await request.arrayBuffer()
    return Response.json({ metadata: { metrics: { backlogCount: 0, backlogBytes: 0, oldestMessageTimestamp: 0 } } })
  },
}
