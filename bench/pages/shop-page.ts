/** The page that every case is measured on: 85 kB of a shop, as such pages are written. The same bytes every time. */

/** The page's HTML. ASCII, so that characters are bytes. */
export function shopPage(): string {
  const start = `<!doctype html>\n<html lang="en">\n${HEAD}<body class="product">\n${header()}<main id="main">\n${PRODUCT}`
  const end = `${reviews()}</main>\n${footer()}</body>\n</html>\n`
  let cards = ''
  for (let card = 0; start.length + cards.length + end.length < PAGE_BYTES - 2 * CARD_BYTES; card++)
    cards += cardAt(card)
  return `${start}<section class="related"><h2>Others looked at</h2>\n${cards}</section>\n${end}`
}

const PAGE_BYTES = 86_400
const CARD_BYTES = 700

const HEAD = `<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tin kettle, 1.2 l | Northlight Hardware</title>
<link rel="canonical" href="https://shop.example/products/tin-kettle">
<link rel="preload" href="/assets/inter.woff2" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="/assets/theme.css?v=1713">
<meta property="og:title" content="Tin kettle, 1.2 l">
<meta property="og:image" content="https://shop.example/images/kettle-1200.jpg">
<style>:root{--ink:#1d1d1b;--paper:#fffdf8}body{margin:0;font:16px/1.5 Inter,sans-serif;color:var(--ink)}</style>
<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}gtag("js",new Date())</script>
<script src="/assets/theme.js?v=1713" defer></script>
<script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"Tin kettle","sku":"NK-120","offers":{"@type":"Offer","price":"48.00","priceCurrency":"EUR"}}</script>
</head>
`

const PRODUCT = `<article class="product-detail" data-product-id="7720181">
<div class="gallery"><img id="hero" class="gallery-image" src="/images/kettle-800.jpg" alt="A tin kettle" width="800" height="800"></div>
<div class="product-info">
<h1 id="title" class="product-title">Tin kettle, 1.2 l</h1>
<p class="product-price"><span class="amount">48.00</span> <span class="currency">EUR</span></p>
<p id="pitch" class="lede">Boils a pot of tea in four minutes. Made of one sheet, so there is no seam to leak.</p>
<form id="buy-form" action="/cart" method="post"><input type="hidden" name="id" value="7720181">
<label>Pieces <input type="number" name="quantity" value="1" min="1"></label>
<button id="buy" class="button button-primary" type="submit">Put in cart</button></form>
<ul class="promises"><li>Free returns</li><li>Repaired for ten years</li><li>Sent tomorrow</li></ul>
</div></article>
`

const TOPICS = ['Kitchen', 'Garden', 'Workshop', 'Lighting', 'Bath', 'Outdoors']

function header(): string {
  const menus = TOPICS.map((topic, menu) => {
    const items = numbers(12).map(
      (item) =>
        `<li class="menu-item"><a class="menu-link" href="/collections/${topic.toLowerCase()}-${item}">${topic} ${menu}.${item}</a></li>`,
    )
    return `<li class="menu"><button class="menu-button" aria-expanded="false" aria-controls="menu-${menu}">${topic}</button>\n<ul class="menu-items" id="menu-${menu}">\n${items.join('\n')}\n</ul></li>`
  })
  return `<header class="site-header"><a class="logo" href="/"><svg viewBox="0 0 24 24" width="32" height="32"><path d="M4 20V8l8-5 8 5v12h-6v-7h-4v7z"/></svg>Northlight</a>
<nav aria-label="Main"><ul class="menus">\n${menus.join('\n')}\n</ul></nav></header>\n`
}

function cardAt(card: number): string {
  const isReduced = card % 9 === 0
  return `<article class="card" data-product-id="${7_720_200 + card}"><a class="card-link" href="/products/item-${card}">
<picture class="card-picture"><source type="image/avif" srcset="/images/item-${card}-320.avif 320w, /images/item-${card}-640.avif 640w" sizes="(min-width: 900px) 25vw, 50vw"><img class="card-image" src="/images/item-${card}-320.jpg" alt="Item ${card}" width="320" height="320" loading="lazy" decoding="async"></picture>
<h3 class="card-title">Item ${card} for ${TOPICS[card % TOPICS.length]}</h3></a>
<p class="card-price"><span class="amount${isReduced ? ' reduced' : ''}">${card + 12}.00</span> <span class="currency">EUR</span></p>
<div class="card-rating" aria-label="Rated ${card % 5} of 5"><span style="width:${(card % 5) * 20}%"></span></div>
<button class="button card-button" type="button" data-add="${7_720_200 + card}">Add</button></article>\n`
}

function reviews(): string {
  const entries = numbers(20).map(
    (review) =>
      `<li class="review"><h3 class="review-title">Review ${review}</h3><p class="review-text">I have had it for ${review + 2} months and use it every day. The handle stays cool, the lid sits tight &amp; it pours without a drip. I would buy it again, and gave one to my sister.</p><p class="review-author">Customer ${review}, <time datetime="2026-0${(review % 9) + 1}-11">0${(review % 9) + 1}/2026</time></p></li>`,
  )
  return `<section class="reviews"><h2>Reviews</h2>\n<ol>\n${entries.join('\n')}\n</ol></section>\n`
}

function footer(): string {
  const links = numbers(24).map((link) => `<li><a href="/pages/page-${link}">Page ${link}</a></li>`)
  const state = numbers(40).map((item) => `{"id":${7_720_200 + item},"title":"Item ${item}","available":true}`)
  return `<footer class="site-footer"><ul>${links.join('\n')}</ul></footer>
<script>window.shop={"currency":"EUR","items":[${state.join(',')}]}</script>\n`
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index)
}
