/**
 * What edits mean: each made on every element that its selector finds, in the tree that parse5 builds, one after the
 * other. Written without a look at how the Worker does it.
 */
import { html, parse, parseFragment, type DefaultTreeAdapterTypes as Tree, defaultTreeAdapter as tree } from 'parse5'
import type { DomEdit, Position } from '../../../src/pages/plan/page.ts'

export function parsePage(text: string): Tree.Document {
  const page = parse(text, { scriptingEnabled: true })
  // Elements that parse5 makes of one tag share their attributes.
  for (const element of elementsIn(page)) element.attrs = element.attrs.map((attribute) => ({ ...attribute }))
  return page
}

/** Makes the edits. Where `isAgain`, whatever an insertion has put in already (an element with `data-by`) is not put in again. */
export function applyEdits(page: Tree.Document, edits: readonly DomEdit[], isAgain = false): Tree.Document {
  for (const edit of edits) {
    for (const element of findAll(page, edit.selector)) applyTo(element, edit, isAgain)
  }
  return page
}

/** The tree as text: adjacent texts are one, attributes have no order, declarations no white space. */
export function describeTree(node: Tree.Node): string {
  if (tree.isTextNode(node)) return JSON.stringify(node.value)
  if (tree.isCommentNode(node)) return `<!--${node.data}-->`
  if (tree.isDocumentTypeNode(node)) return `<!doctype ${node.name} ${node.publicId} ${node.systemId}>`
  const children = 'childNodes' in node ? node.childNodes : []
  const inside = mergeTexts('content' in node ? [...children, node.content] : children).map(describeTree)
  if (!tree.isElementNode(node)) return inside.join('\n')
  const attributes = node.attrs.map(
    ({ name, value }) => ` ${name}=${JSON.stringify(name === 'style' ? declarations(value) : value)}`,
  )
  return [
    `<${node.namespaceURI === html.NS.HTML ? '' : 'foreign:'}${node.tagName}${attributes.sort().join('')}>`,
    ...inside,
    `</${node.tagName}>`,
  ].join('\n')
}

/** Of several of one property, the last counts. */
function declarations(style: string): string {
  const texts = style.split(';').map((each) => each.trim())
  const byProperty = new Map(texts.filter((text) => text !== '').map((text) => [text.replace(/:.*/s, ''), text]))
  return [...byProperty.values()].sort().join(';')
}

function mergeTexts(nodes: readonly Tree.Node[]): Tree.Node[] {
  const merged: Tree.Node[] = []
  for (const node of nodes) {
    const last = merged.at(-1)
    if (tree.isTextNode(node) && last !== undefined && tree.isTextNode(last)) {
      merged[merged.length - 1] = { ...last, value: last.value + node.value }
    } else if (!tree.isTextNode(node) || node.value !== '') merged.push(node)
  }
  return merged
}

function findAll(page: Tree.Document, selector: string): Tree.Element[] {
  const isQuirky = page.mode === 'quirks'
  const selectors = selector.split(',').map((each) => each.trim().split(/\s*>\s*/))
  return elementsIn(page).filter((element) => selectors.some((compounds) => matchesAll(element, compounds, isQuirky)))
}

/** The last compound is the element's, the one before its parent's, and so on. */
function matchesAll(element: Tree.Element, compounds: readonly string[], isQuirky: boolean): boolean {
  const { parentNode } = element
  if (!matches(element, compounds.at(-1) ?? '', isQuirky)) return false
  if (compounds.length === 1) return true
  return (
    parentNode !== null && tree.isElementNode(parentNode) && matchesAll(parentNode, compounds.slice(0, -1), isQuirky)
  )
}

function isFirstChild(element: Tree.Element): boolean {
  return element.parentNode?.childNodes.find((node) => tree.isElementNode(node)) === element
}

function elementsIn(node: Tree.ParentNode): Tree.Element[] {
  return node.childNodes.flatMap((child) => (tree.isElementNode(child) ? [child, ...elementsIn(child)] : []))
}

function matches(element: Tree.Element, compound: string, isQuirky: boolean): boolean {
  if (compound.includes(':first-child') && !isFirstChild(element)) return false
  const [type = ''] = /^[a-z][\w-]*/i.exec(compound) ?? []
  if (type !== '' && type !== element.tagName) return false
  const tests = compound.slice(type.length).matchAll(/([#.])([\w-]+)|\[([\w-]+)(?:(=)"([^"]*)")?\]/g)
  return [...tests].every(([, sign, word = '', name = '', operator, value = '']) => {
    const given = attributeOf(element, sign === '#' ? 'id' : sign === '.' ? 'class' : name)
    if (given === null) return false
    if (sign === undefined) return operator === undefined || given === value
    const [has, sought] = isQuirky ? [given.toLowerCase(), word.toLowerCase()] : [given, word]
    return sign === '#' ? has === sought : has.split(/[\t\n\f\r ]+/).includes(sought)
  })
}

function attributeOf(element: Tree.Element, name: string): string | null {
  return element.attrs.find((attribute) => attribute.name === name)?.value ?? null
}

function setAttribute(element: Tree.Element, name: string, value: string): void {
  const known = element.attrs.find((attribute) => attribute.name === name)
  if (known === undefined) element.attrs.push({ name, value })
  else known.value = value
}

function applyTo(element: Tree.Element, { id, operation }: DomEdit, isAgain: boolean): void {
  switch (operation.kind) {
    case 'attributes':
      for (const [name, value] of operation.set) setAttribute(element, name, value)
      break
    case 'style': {
      const kept = operation.replaces ? '' : (attributeOf(element, 'style') ?? '')
      const added = operation.declarations.map(([name, value]) => `${name}:${value}`)
      setAttribute(element, 'style', `${kept};${added.join(';')}`)
      break
    }
    case 'text':
      element.childNodes = []
      tree.insertText(contentOf(element), operation.text)
      break
    case 'html':
      element.childNodes = []
      for (const node of nodesOf(operation.html, element)) tree.appendChild(contentOf(element), node)
      break
    case 'remove':
      tree.detachNode(element)
      break
    case 'insert':
      if (!isAgain || !isInserted(element, operation.position, id)) insert(element, operation)
      break
    default:
      throw new Error(`No reference for ${operation.kind}`)
  }
}

function contentOf(element: Tree.Element): Tree.ParentNode {
  return 'content' in element ? (element as Tree.Template).content : element
}

function nodesOf(text: string, context: Tree.Element): Tree.ChildNode[] {
  return [...parseFragment(context, text, { scriptingEnabled: true }).childNodes]
}

function insert(element: Tree.Element, { position, html: text }: { position: Position; html: string }): void {
  if (position === 'prepend' || position === 'append') {
    const first = position === 'prepend' ? element.childNodes[0] : undefined
    for (const node of nodesOf(text, element)) place(node, element, first)
    return
  }
  const parent = element.parentNode
  if (parent === null || !tree.isElementNode(parent)) return
  const siblings = parent.childNodes
  const next = position === 'before' ? element : siblings[siblings.indexOf(element) + 1]
  for (const node of nodesOf(text, parent)) place(node, parent, next)
}

function place(node: Tree.ChildNode, parent: Tree.ParentNode, next: Tree.ChildNode | undefined): void {
  tree.detachNode(node)
  if (next === undefined) tree.appendChild(parent, node)
  else tree.insertBefore(parent, node, next)
}

/** Only insertions, and texts, are between the place and what is already there. */
function isInserted(element: Tree.Element, position: Position, id: string): boolean {
  const isInside = position === 'prepend' || position === 'append'
  const siblings = isInside ? element.childNodes : (element.parentNode?.childNodes ?? [])
  const at = isInside ? 0 : siblings.indexOf(element)
  const isForward = position === 'prepend' || position === 'after'
  const beside = isForward
    ? siblings.slice(isInside ? 0 : at + 1)
    : (isInside ? [...siblings] : siblings.slice(0, at)).reverse()
  const end = beside.findIndex((node) => tree.isElementNode(node) && attributeOf(node, 'data-by') === null)
  const near = end < 0 ? beside : beside.slice(0, end)
  return near.some((node) => tree.isElementNode(node) && attributeOf(node, 'data-by') === id)
}
