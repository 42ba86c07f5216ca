/** The operations that set one value: attributes, declarations of a style, content. */
import { put } from './apply.ts'
import { insertedBy } from './order.ts'
import type { DomTask, Operate } from './types.ts'

export const attributes: Operate<'attributes'> = (element, { set }, task) => {
  for (const [name, text] of set) {
    put(
      element,
      {
        slotName: name,
        wanted: () => text,
        current: () => element.getAttribute(name),
        fill: (value = text) => (value === null ? element.removeAttribute(name) : element.setAttribute(name, value)),
      },
      task,
    )
  }
}

export const style: Operate<'style'> = (element, { declarations, replaces }, task) => {
  // By way of the style object throughout: policies forbid the attribute, not this.
  const own = (element as HTMLElement).style
  const draft = document.createElement('p').style
  draft.cssText = declarations.map(([name, value]) => `${name}:${value}`).join(';')
  for (const name of replaces ? ['cssText'] : declarations.map(([name]) => name)) {
    const read = (from: CSSStyleDeclaration) =>
      replaces ? from.cssText : `${from.getPropertyValue(name)}!${from.getPropertyPriority(name)}`
    const wanted = read(draft)
    put(
      element,
      {
        slotName: `:${name}`,
        wanted: () => wanted,
        current: () => read(own),
        fill: (value = wanted) => {
          if (replaces) own.cssText = value ?? ''
          else own.setProperty(name, ...((value ?? '').split('!') as [string, string?]))
        },
      },
      task,
    )
  }
}

export const text: Operate<'text'> = (element, operation, task) =>
  putContent(element, task, document.createElement('p'), (node) => {
    node.textContent = operation.text
  })

export const html: Operate<'html'> = (element, operation, task) => {
  // In a document without a window nothing loads and nothing runs.
  const draft = document.createElement('template').content.ownerDocument.importNode(element)
  putContent(element, task, draft, (node) => {
    node.innerHTML = operation.html
    for (const child of node.children) insertedBy.set(child, task)
  })
}

function putContent(element: Element, task: DomTask, draft: Element, write: (node: Element) => void): void {
  let replaced: ChildNode[]
  put(
    element,
    {
      slotName: 'content',
      wanted: () => {
        write(draft)
        return draft.innerHTML
      },
      current: () => element.innerHTML,
      fill: (original) => {
        if (original === undefined) {
          replaced = [...element.childNodes]
          write(element)
        } else element.replaceChildren(...replaced)
      },
    },
    task,
  )
}
