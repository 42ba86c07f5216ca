/** A Workers KV namespace in memory, as the KV binding of workerd speaks to it: enough for a Worker under load. */

interface Entry {
  readonly value: ArrayBuffer
  readonly metadata: string | null
}

const entries = new Map<string, Entry>()

export default {
  async fetch(request: Request): Promise<Response> {
    const key = decodeURIComponent(new URL(request.url).pathname.slice(1))
    switch (request.method) {
      case 'GET':
        return answer(entries.get(key))
      case 'PUT':
        entries.set(key, { value: await request.arrayBuffer(), metadata: request.headers.get('CF-KV-Metadata') })
        return new Response(null)
      case 'DELETE':
        entries.delete(key)
        return new Response(null)
      default:
        return new Response(null, { status: 405 })
    }
  },
}

function answer(entry: Entry | undefined): Response {
  if (entry === undefined) return new Response(null, { status: 404 })
  return new Response(entry.value, entry.metadata === null ? {} : { headers: { 'CF-KV-Metadata': entry.metadata } })
}
