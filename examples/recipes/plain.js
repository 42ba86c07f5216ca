import { flags } from './flags.ts'

const button = document.querySelector('button')

function show() {
  button.textContent = flags.get('checkout')?.variables.button_text ?? 'Buy'
  flags.expose('checkout')
}
show()
flags.subscribe(show)
button.addEventListener('click', () => flags.track('purchase', { revenue: 4200 }))
