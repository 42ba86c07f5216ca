// The basket, kept in the browser. Every page works without it.
const PRODUCTS = {
  kettle: { name: 'Moss kettle', price: 89 },
  lamp: { name: 'Ember lamp', price: 139 },
  stool: { name: 'Three-leg stool', price: 119 },
  mug: { name: 'Harbour mug', price: 24 },
  blanket: { name: 'Croft blanket', price: 149 },
  clock: { name: 'Quiet clock', price: 79 },
}

/** Ids of products, in the order in which they were added. */
function readCart() {
  try {
    const value = JSON.parse(localStorage.getItem('cart') ?? '[]')
    return Array.isArray(value) ? value.filter((id) => Object.hasOwn(PRODUCTS, id)) : []
  } catch {
    return []
  }
}

function showCart() {
  const cart = readCart()
  for (const count of document.querySelectorAll('[data-cart-count]')) count.textContent = String(cart.length)
  const lines = document.querySelector('[data-cart-lines]')
  if (lines === null || cart.length === 0) return
  lines.replaceChildren(...[...new Set(cart)].map((id) => lineOf(id, cart.filter((each) => each === id).length)))
  const total = document.querySelector('[data-cart-total]')
  total.textContent = `Together € ${cart.reduce((sum, id) => sum + PRODUCTS[id].price, 0)}`
  total.hidden = false
  document.querySelector('[data-cart-empty]').hidden = true
}

function lineOf(id, count) {
  const { name, price } = PRODUCTS[id]
  const line = document.createElement('li')
  const picture = Object.assign(new Image(72, 72), { src: `/pictures/${id}.svg`, alt: '' })
  const title = Object.assign(document.createElement('span'), { textContent: count > 1 ? `${count} × ${name}` : name })
  const sum = Object.assign(document.createElement('span'), { className: 'price', textContent: `€ ${price * count}` })
  line.append(picture, title, sum)
  return line
}

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-add]') : null
  if (button === null) return
  localStorage.setItem('cart', JSON.stringify([...readCart(), button.dataset.add]))
  showCart()
})

document.addEventListener('submit', (event) => {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || !form.matches('[data-letter]')) return
  event.preventDefault()
  form.querySelector('[data-letter-answer]').textContent = 'Thank you. This shop is an example, so nothing was sent.'
  form.reset()
})

showCart()
