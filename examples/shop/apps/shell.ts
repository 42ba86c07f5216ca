/** The document around an app that is rendered at build time and wakes up in the browser. */
export interface Shell {
  readonly title: string
  /** The name of the bundle beside the page. */
  readonly script: string
  /** The path in the menu that is this page. */
  readonly current: string
  /** What the app renders to, as HTML. */
  readonly html: string
}

const MENU = [
  ['/#products', 'Shop'],
  ['/react', 'Make your kettle'],
  ['/vue', 'Find your lamp'],
] as const

/** A page of the shop with the app's HTML in `#app`. */
export function documentOf({ title, script, current, html }: Shell): string {
  const links = MENU.map(
    ([path, text]) => `<a href="${path}"${path === current ? ' aria-current="page"' : ''}>${text}</a>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title}: Holm &amp; Hazel</title>
  <link rel="icon" href="/pictures/mark.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/shop.css">
  <script src="/shop.js" defer></script>
  <script src="/${script}" defer></script>
</head>
<body>
  <a class="skip" href="#main">Skip to content</a>
  <header class="top">
    <div class="wrap top-row">
      <a class="brand" href="/"><img src="/pictures/mark.svg" alt="" width="32" height="32">Holm &amp; Hazel</a>
      <nav class="menu" aria-label="Main">
        ${links.join('\n        ')}
        <a class="cart-link" href="/cart">Basket <span class="count" data-cart-count aria-live="polite">0</span></a>
      </nav>
    </div>
  </header>
  <main id="main" class="wrap block">
    <div id="app">${html}</div>
  </main>
  <footer class="foot">
    <div class="wrap foot-row">
      <p class="brand"><img src="/pictures/mark.svg" alt="" width="32" height="32">Holm &amp; Hazel</p>
      <p class="small">A shop that sells nothing: it is Turnout's example of a site to put experiments on.</p>
    </div>
  </footer>
</body>
</html>
`
}
