/** The shop's pages, made in all the ways in which a Worker makes them. */

/** The page at a path. */
export async function makePage(path: string): Promise<Response> {
  switch (path) {
    case '/':
      return new Response(html('Shop', '<p id="cta"><a href="/stories">Stories</a></p>'), { headers: HEADERS })
    case '/stories':
      return new Response(streamed(['Kettle', 'Lamp', 'Stool']), { headers: HEADERS })
    case '/about':
      return new HTMLRewriter()
        .on('#year', { element: (element) => void element.setInnerContent('2026') })
        .transform(new Response(html('About', '<p id="cta">Since <span id="year"></span></p>'), { headers: HEADERS }))
    default:
      return new Response(html('Nothing here', ''), { status: 404, headers: HEADERS })
  }
}

/** With an entity tag the shop's pages are 304 for whoever has kept them, in their own variation. */
const HEADERS = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'public, max-age=60', ETag: '"v1"' }

const START = '<!doctype html><html lang="en"><head><meta charset="utf-8">'

function html(title: string, content: string): string {
  return `${START}<title>${title}</title></head><body><h1 class="hero">${title}</h1>${content}</body></html>`
}

/** Sends what there is, and goes on. */
function streamed(stories: readonly string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const parts = [
    `${START}<title>Stories</title></head><body><h1 class="hero">Stories</h1>`,
    ...stories.map(story),
    '</body></html>',
  ]
  return new ReadableStream({
    async pull(controller) {
      const part = parts.shift()
      if (part === undefined) return controller.close()
      controller.enqueue(encoder.encode(part))
    },
  })
}

function story(name: string): string {
  return `<article id="${name.toLowerCase()}"><h2>${name}</h2></article>`
}
