import type { DomEdit, Operation } from '../../../src/pages/plan/page.ts'
import { edit } from './judge.ts'

/** Makes pages, edits and pieces by a seed: the same for the same one. */
export interface Random {
  /** A whole number from 0 on, below the bound. */
  below(bound: number): number
  pick<Item>(items: readonly Item[]): Item
}

export function random(seed: number): Random {
  let state = seed
  const below = (bound: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % bound
  }
  return { below, pick: (items) => items[below(items.length)] as (typeof items)[number] }
}

const TAGS =
  'div div div p p span span a b i em strong ul ol li li dl dt dd table tbody tr td th caption colgroup col h1 h2 section form button input select option optgroup img br hr pre textarea title script style template svg math path nobr object marquee label article address center font code html head body iframe noscript ruby rt main image search details'.split(
    ' ',
  )
const ATTRIBUTES = [
  ...['', '', '', ' class=x', ' class="x"', ' class="a x"', ' class="&#120;"', ' class = "x"', ' class=X', ' id=q'],
  ...[' id="&#113;"', ' data-a="a>b"', " title='<p class=x>'", ' class=y style="color:red"', ' =x', ' a=b/', '/'],
]
const TEXTS = [
  ...['t', ' ', '\n', 'a & b', '&amp', 'x<y', '<', 'é', '&nbsp;', '<!-- c -->', '<!-->', '<!--x', '-->', ']]>', '\r\n'],
  ...['<![CDATA[ <p class=x> ]]>', '</', '</ x>', '<?x>', '<!x>'],
]
const STARTS = [
  ...[
    '<!doctype html><html><head><title>t</title></head><body>',
    '<!doctype html><body>',
    '<!doctype html>',
    '<body>',
    '',
  ],
  '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN"><html><head><title>t</title></head><body>',
]

/** A page of a few dozen tags, most of them wrong somewhere; no id is there twice. */
export function randomPage(from: Random): string {
  const open: string[] = []
  let page = from.pick(STARTS)
  for (let rest = 3 + from.below(25); rest > 0; rest--) page += randomToken(from, open)
  if (from.below(2) === 1)
    page += open
      .reverse()
      .map((tag) => `</${tag}>`)
      .join('')
  page += from.pick(['', '</body></html>'])
  return (page.match(/ id=/g) ?? []).length > 1 ? randomPage(from) : page
}

function randomToken(from: Random, open: string[]): string {
  const kind = from.below(10)
  if (kind > 7) return from.pick(TEXTS)
  const tag = from.pick(TAGS)
  if (kind > 4) return `</${from.below(5) === 0 ? tag : (open.pop() ?? tag)}>`
  open.push(tag)
  return `<${from.below(9) === 0 ? tag.toUpperCase() : tag}${from.pick(ATTRIBUTES)}>`
}

const SELECTORS = ['.x', '.x', '.x', '#q', 'p.x', 'h2', 'div', '[title]', '.a, #q']
const TREE_SELECTORS = ['.y', 'div.x', 'p', 'div > .x', 'li:first-child', '.z']

function operations(id: string): Operation[] {
  return [
    {
      kind: 'attributes',
      set: [
        ['title', 'v'],
        ['class', 'x z'],
      ],
    },
    { kind: 'style', declarations: [['margin', '0']], replaces: false },
    { kind: 'style', declarations: [['margin', '1px']], replaces: true },
    { kind: 'text', text: 'T' },
    { kind: 'html', html: '<i>H</i>' },
    { kind: 'html', html: '<ul><li>H</ul>' },
    { kind: 'insert', position: 'before', html: `<i data-by=${id}>1</i>` },
    { kind: 'insert', position: 'after', html: `<section data-by=${id}>2</section>` },
    { kind: 'insert', position: 'prepend', html: `<p data-by=${id}>3</p>` },
    { kind: 'insert', position: 'append', html: `<i data-by=${id}>4</i>` },
    { kind: 'remove' },
  ]
}

export function randomEdit(from: Random): DomEdit {
  return edit('e', from.pick(SELECTORS), from.pick(operations('e')))
}

export function randomEdits(from: Random): DomEdit[] {
  return Array.from({ length: 2 + from.below(3) }, (_, index) =>
    edit(`e${index}`, from.pick([...SELECTORS, ...TREE_SELECTORS]), from.pick(operations(`e${index}`))),
  )
}

export function randomPieces(bytes: Uint8Array, from: Random): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + from.below(from.below(3) === 0 ? 4 : bytes.length)
    pieces.push(bytes.subarray(at, at + length))
    at += length
  }
  return pieces
}
